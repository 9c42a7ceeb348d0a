{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='message_id'
    )
}}

with

settings as (

    select * from {{ ref('int_identity_settings') }}

),

events as (

    select * from {{ ref('stg_events') }}
    {%- if is_incremental() %}
    where loaded_at > {{ homespun.high_water_mark() }}
    {%- endif %}

),

said as (

    {{ homespun.said_identifiers() }}

),

blocked_identifiers as (

    select * from {{ ref(project_name, var('homespun_blocked_identifiers')) }}

),

patterns as (

    select
        id_type,
        value as pattern
    from blocked_identifiers
    where match = 'pattern'

),

distinct_identifiers as (

    select
        id_type,
        id_value
    from said
    group by 1, 2

),

blocked as (

    select
        distinct_identifiers.id_type,
        distinct_identifiers.id_value
    from distinct_identifiers
    inner join blocked_identifiers
        on
            blocked_identifiers.value = lower(distinct_identifiers.id_value)
            and blocked_identifiers.id_type in ('*', distinct_identifiers.id_type)
            and blocked_identifiers.match = 'exact'

    union

    {{ homespun.pattern_matches('distinct_identifiers', 'patterns') }}

),

usable as (

    select
        said.*,
        row_number() over (
            partition by said.message_id
            order by said.priority, said.id_type, said.id_value
        ) as position
    from said
    left join blocked
        on said.id_type = blocked.id_type and said.id_value = blocked.id_value
    where blocked.id_value is null

),

deciding as (

    select * from usable
    where position = 1

),

current_rows as (

    select
        usable.message_id,
        usable.id_type,
        usable.id_value,
        deciding.id_type as deciding_type,
        deciding.id_value as deciding_value,
        case when usable.message_type = 'alias' then 'alias' else 'same_message' end as link_rule,
        usable.priority,
        usable.position,
        usable.position = 1 as is_deciding,
        false as is_gone,
        usable.timestamp,
        usable.loaded_at
    from usable
    inner join deciding on usable.message_id = deciding.message_id

),
{%- if is_incremental() %}

-- What a message said before another delivery took its place: those downstream must forget it.
gone_rows as (

    select
        known.message_id,
        known.id_type,
        known.id_value,
        known.deciding_type,
        known.deciding_value,
        known.link_rule,
        known.priority,
        known.position,
        false as is_deciding,
        true as is_gone,
        known.timestamp,
        events.loaded_at
    from {{ this }} as known
    inner join events on known.message_id = events.message_id
    left join current_rows
        on
            known.message_id = current_rows.message_id
            and known.id_type = current_rows.id_type
            and known.id_value = current_rows.id_value
            and known.deciding_type = current_rows.deciding_type
            and known.deciding_value = current_rows.deciding_value
    where current_rows.message_id is null

),
{%- endif %}

all_rows as (

    select * from current_rows
    {%- if is_incremental() %}

    union all

    select * from gone_rows
    {%- endif %}

)

select
    all_rows.*,
    settings.said_by,
    {{ homespun.build_number() }} as build_number
from all_rows
cross join settings
