{{ config(materialized='view') }}
{%- set context_columns = homespun.context_columns() | map(attribute='name') | list -%}

with

messages as {{ homespun.inline() }} (

    select * from {{ ref('stg_messages') }}

),

verdicts as {{ homespun.inline() }} (

    select * from {{ ref('stg_verdicts') }}

),

judged as (

    select max(loaded_at) as loaded_at from verdicts
    where message_key is null

),

flawless as (

    select messages.*
    from messages
    left join verdicts on messages.message_key = verdicts.message_key
    where
        verdicts.message_key is null
        and messages.loaded_at <= (select judged.loaded_at from judged)

),

trimmed as (

    -- Messages without what the plan omits, and those that it has released. No verdict is older
    -- than its message, so that who asks for the new rows reads the new verdicts alone.
    select
        messages.*,
        verdicts.patches,
        verdicts.loaded_at as shown_at
    from messages
    inner join verdicts on messages.message_key = verdicts.message_key
    where not verdicts.is_blocked

),

shown as (

    select
        message_id,
        type,
        event,
        event_slug,
        name,
        user_id,
        anonymous_id,
        group_id,
        previous_id,
        source,
        {%- for column in context_columns %}
        {{ column }},
        {%- endfor %}
        context,
        properties,
        traits,
        integrations,
        sent_at,
        original_timestamp,
        received_at,
        timestamp,
        timestamp_source,
        is_from_the_future,
        loaded_at
    from flawless

    union all

    select
        message_id,
        type,
        event,
        event_slug,
        name,
        user_id,
        anonymous_id,
        group_id,
        previous_id,
        source,
        {%- for column in context_columns %}
        {{ column }},
        {%- endfor %}
        context,
        -- The linter does not know DuckDB's lambdas.
        case -- noqa: PRS, LT02
            when patches is not null and type not in ('identify', 'group')
                then {{ homespun.json_patch('properties', 'patches') }}
            else properties
        end as properties,
        case
            when patches is not null and type in ('identify', 'group')
                then {{ homespun.json_patch('traits', 'patches') }}
            else traits
        end as traits,
        integrations,
        sent_at,
        original_timestamp,
        received_at,
        timestamp,
        timestamp_source,
        is_from_the_future,
        shown_at as loaded_at
    from trimmed

)

select * from shown
