{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='identifier_number'
    )
}}

with

message_identifiers as (

    select * from {{ ref('int_message_identifiers') }}

),
{%- if is_incremental() %}

touched as (

    select
        id_type,
        id_value
    from message_identifiers
    where build_number > (select coalesce(max(build_number), 0) from {{ this }})
    group by 1, 2

),

mentions as (

    select message_identifiers.*
    from message_identifiers
    inner join touched
        on
            message_identifiers.id_type = touched.id_type
            and message_identifiers.id_value = touched.id_value

),

known as (

    select * from {{ this }}

),
{%- else %}

mentions as (

    select * from message_identifiers

),
{%- endif %}

identifiers as (

    -- Rows that are gone still make a row, so that an identifier nobody says any more is marked so.
    select
        id_type,
        id_value,
        {{ homespun.first_by(
            'case when not is_gone then message_id end', ['timestamp', 'message_id']
        ) }} as first_message_id,
        min(priority) as priority,
        min(case when not is_gone then timestamp end) as first_seen_at,
        max(case when not is_gone then timestamp end) as last_seen_at,
        min(case when is_deciding then timestamp end) as first_decided_at,
        max(case when is_deciding then timestamp end) as last_decided_at
    from mentions
    group by 1, 2

)

-- The number is only a name that is shorter than the identifier: it says nothing of its age.
{%- if is_incremental() %}

select
    coalesce(
        known.identifier_number,
        (select coalesce(max(identifier_number), 0) from known)
        + row_number() over (
            partition by known.identifier_number is null
            order by identifiers.id_type, identifiers.id_value
        )
    ) as identifier_number,
    identifiers.*,
    {{ homespun.build_number() }} as build_number
from identifiers
left join known
    on identifiers.id_type = known.id_type and identifiers.id_value = known.id_value
{%- else %}

select
    row_number() over (order by first_seen_at) as identifier_number,
    identifiers.*,
    {{ homespun.build_number() }} as build_number
from identifiers
{%- endif %}
