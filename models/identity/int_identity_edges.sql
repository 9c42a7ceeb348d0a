{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key=['left_number', 'right_number']
    )
}}

with

message_identifiers as (

    select * from {{ ref('int_message_identifiers') }}
    where
        not is_deciding
        and (id_type != deciding_type or id_value != deciding_value)

),

identifiers as (

    select * from {{ ref('int_identifiers') }}

),
{%- if is_incremental() %}

touched as (

    select
        deciding_type,
        deciding_value,
        id_type,
        id_value
    from message_identifiers
    where build_number > (select coalesce(max(build_number), 0) from {{ this }})
    group by 1, 2, 3, 4

),

mentions as (

    select message_identifiers.*
    from message_identifiers
    inner join touched
        on
            message_identifiers.deciding_type = touched.deciding_type
            and message_identifiers.deciding_value = touched.deciding_value
            and message_identifiers.id_type = touched.id_type
            and message_identifiers.id_value = touched.id_value

),
{%- else %}

mentions as (

    select * from message_identifiers

),
{%- endif %}

pairs as (

    -- A pair that no message shows any more has its row, marked so.
    select
        left_end.identifier_number as left_number,
        right_end.identifier_number as right_number,
        mentions.deciding_type as left_type,
        mentions.id_type as right_type,
        mentions.message_id,
        mentions.link_rule,
        mentions.priority,
        mentions.is_gone,
        mentions.timestamp,
        row_number() over (
            partition by left_end.identifier_number, right_end.identifier_number
            order by mentions.is_gone, mentions.timestamp, mentions.message_id
        ) as mention
    from mentions
    inner join identifiers as left_end
        on
            mentions.deciding_type = left_end.id_type
            and mentions.deciding_value = left_end.id_value
    inner join identifiers as right_end
        on
            mentions.id_type = right_end.id_type
            and mentions.id_value = right_end.id_value

)

select
    pairs.left_number,
    pairs.right_number,
    pairs.left_type,
    pairs.right_type,
    pairs.message_id,
    pairs.link_rule,
    pairs.priority,
    pairs.is_gone,
    pairs.timestamp,
    {%- if is_incremental() %}
    least(pairs.timestamp, known.timestamp) as changed_from,
    {%- else %}
    pairs.timestamp as changed_from,
    {%- endif %}
    {{ homespun.build_number() }} as build_number
from pairs
{%- if is_incremental() %}
left join {{ this }} as known
    on pairs.left_number = known.left_number and pairs.right_number = known.right_number
{%- endif %}
where pairs.mention = 1
