{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook=[
            "{{ homespun.mark_gone_messages('revised') }}",
            "{{ homespun.mark_gone_messages('said_otherwise') }}"
        ]
    )
}}

with

settings as (

    select * from {{ ref('int_identity_settings') }}

),

events as (

    select * from {{ ref('stg_events') }}
    where {{ homespun.is_new(homespun.is_said_so()) }}

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

-- The messages that carry what is blocked, a few, are numbered again without it.
reduced_messages as (

    select said.message_id
    from said
    inner join blocked on said.id_type = blocked.id_type and said.id_value = blocked.id_value
    group by 1

),

reduced as (

    select
        said.message_id,
        said.id_type,
        said.id_value,
        said.priority,
        row_number() over message_order as position,
        first_value(said.id_type) over message_order as deciding_type,
        first_value(said.id_value) over message_order as deciding_value,
        said.message_type,
        said.timestamp,
        said.loaded_at
    from said
    inner join reduced_messages on said.message_id = reduced_messages.message_id
    left join blocked on said.id_type = blocked.id_type and said.id_value = blocked.id_value
    where blocked.id_value is null
    window message_order as (partition by said.message_id order by said.position)

),

usable as (

    select said.*
    from said
    left join reduced_messages on said.message_id = reduced_messages.message_id
    where reduced_messages.message_id is null

    union all

    select * from reduced

),

current_rows as (

    select
        message_id,
        id_type,
        id_value,
        {{ homespun.identifier_key('id_type', 'id_value') }} as identifier_key,
        deciding_type,
        {{ homespun.identifier_key('deciding_type', 'deciding_value') }} as deciding_key,
        case when message_type = 'alias' then 'alias' else 'same_message' end as link_rule,
        priority,
        position,
        position = 1 as is_deciding,
        false as is_gone,
        timestamp,
        loaded_at
    from usable

)

select
    current_rows.*,
    settings.said_by,
    {{ homespun.build_number() }} as build_number
from current_rows
cross join settings
