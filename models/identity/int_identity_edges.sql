{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key=['left_key', 'right_key']
    )
}}

{%- set order = ['is_gone', 'timestamp', 'message_id'] %}

with

message_identifiers as (

    select * from {{ ref('int_message_identifiers') }}
    where
        not is_deciding
        and identifier_key != deciding_key

),
{%- if is_incremental() %}

touched as (

    select
        deciding_key,
        identifier_key
    from message_identifiers
    where build_number > (select coalesce(max(build_number), 0) from {{ this }})
    group by 1, 2

),

mentions as (

    select message_identifiers.*
    from message_identifiers
    inner join touched
        on
            message_identifiers.deciding_key = touched.deciding_key
            and message_identifiers.identifier_key = touched.identifier_key

),
{%- else %}

mentions as (

    select * from message_identifiers

),
{%- endif %}

pairs as (

    -- A pair that no message shows any more has its row, marked so.
    select
        deciding_key as left_key,
        identifier_key as right_key,
        {{ dbt.any_value('deciding_type') }} as left_type,
        {{ dbt.any_value('id_type') }} as right_type,
        {{ homespun.first_by('message_id', order) }} as message_id,
        {{ homespun.first_by('link_rule', order) }} as link_rule,
        min(priority) as priority,
        coalesce(min(case when not is_gone then timestamp end), min(timestamp)) as timestamp,
        min(case when is_gone then 1 else 0 end) = 1 as is_gone,
        max(build_number) as build_number
    from mentions
    group by 1, 2

)

{%- if is_incremental() %}

select
    pairs.left_key,
    pairs.right_key,
    pairs.left_type,
    pairs.right_type,
    pairs.message_id,
    pairs.link_rule,
    pairs.priority,
    pairs.is_gone,
    pairs.timestamp,
    least(pairs.timestamp, coalesce(known.timestamp, pairs.timestamp)) as changed_from,
    case
        when
            known.message_id = pairs.message_id
            and known.link_rule = pairs.link_rule
            and known.timestamp = pairs.timestamp
            and known.is_gone = pairs.is_gone
            then known.changed_in
        else pairs.build_number
    end as changed_in,
    pairs.build_number
from pairs
left join {{ this }} as known
    on pairs.left_key = known.left_key and pairs.right_key = known.right_key
{%- else %}

select
    *,
    timestamp as changed_from,
    build_number as changed_in
from pairs
{%- endif %}
