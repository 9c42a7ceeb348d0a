{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='identifier_key'
    )
}}

with

message_identifiers as (

    select * from {{ ref('int_message_identifiers') }}

),
{%- if is_incremental() %}

touched as (

    select identifier_key from message_identifiers
    where build_number > (select coalesce(max(build_number), 0) from {{ this }})
    group by 1

),

mentions as (

    select message_identifiers.*
    from message_identifiers
    inner join touched on message_identifiers.identifier_key = touched.identifier_key

),
{%- else %}

mentions as (

    select * from message_identifiers

),
{%- endif %}

identifiers as (

    -- Rows that are gone still make a row, so that an identifier nobody says any more is marked so.
    select
        identifier_key,
        {{ dbt.any_value('id_type') }} as id_type,
        {{ dbt.any_value('id_value') }} as id_value,
        {{ homespun.first_by(
            'case when not is_gone then message_id end', ['timestamp', 'message_id']
        ) }} as first_message_id,
        min(priority) as priority,
        min(case when not is_gone then timestamp end) as first_seen_at,
        max(case when not is_gone then timestamp end) as last_seen_at,
        min(case when is_deciding then timestamp end) as first_decided_at,
        max(case when is_deciding then timestamp end) as last_decided_at,
        max(build_number) as build_number
    from mentions
    group by 1

)

{%- if is_incremental() %}

select
    identifiers.*,
    case
        when
            known.first_message_id is not distinct from identifiers.first_message_id
            and known.first_seen_at is not distinct from identifiers.first_seen_at
            and known.identifier_key is not null
            then known.changed_in
        else identifiers.build_number
    end as changed_in
from identifiers
left join {{ this }} as known on identifiers.identifier_key = known.identifier_key
{%- else %}

select
    *,
    build_number as changed_in
from identifiers
{%- endif %}
