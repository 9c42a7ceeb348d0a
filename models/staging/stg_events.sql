{{ config(materialized='view') }}
{%- set context_columns = homespun.context_columns() -%}
{%- set known_traits = homespun.json_path('context', ['traits']) -%}

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

reacted as (

    -- Messages that lose what the plan omits, and those that it has released. No verdict is older
    -- than its message, so that who asks for the new rows reads the new verdicts alone.
    select
        messages.*,
        verdicts.patches,
        verdicts.loaded_at as shown_at
    from messages
    inner join verdicts on messages.message_key = verdicts.message_key
    where not verdicts.is_blocked

),

trimmed as (

    select
        *,
        -- The linter does not know DuckDB's lambdas.
        case -- noqa: PRS, LT02
            when patches is not null and type not in ('identify', 'group')
                then {{ homespun.json_patch('properties', 'patches') }}
            else properties
        end as trimmed_properties,
        case
            when patches is not null and type in ('identify', 'group')
                then {{ homespun.json_patch('traits', 'patches') }}
            else traits
        end as trimmed_traits,
        case
            when
                patches is not null
                and type = 'identify'
                and {{ homespun.is_json_object(known_traits) }}
                then {{ homespun.json_patch(known_traits, 'patches') }}
        end as trimmed_known_traits
    from reacted

),

forgotten as (

    -- What the client knew of the user counts as said by an identify call: what the plan omits from
    -- the traits of one is not to be found in its context either.
    select
        *,
        case
            when trimmed_known_traits is not null
                then {{ homespun.json_merge(
                    homespun.json_merge('context', "'{\"traits\":null}'"),
                    "'{\"traits\":' || "
                    ~ homespun.json_shared('trimmed_known_traits', 'trimmed_traits') ~ " || '}'"
                ) }}
            else context
        end as trimmed_context
    from trimmed

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
        {{ column.name }},
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
        {%- if column.path[0] == 'traits' %}
        {{ homespun.json_text('trimmed_context', column.path) }} as {{ column.name }},
        {%- else %}
        {{ column.name }},
        {%- endif %}
        {%- endfor %}
        trimmed_context as context,
        trimmed_properties as properties,
        trimmed_traits as traits,
        integrations,
        sent_at,
        original_timestamp,
        received_at,
        timestamp,
        timestamp_source,
        is_from_the_future,
        shown_at as loaded_at
    from forgotten

)

select * from shown
