{{ config(materialized='view') }}

with

messages as (

    select
        message_id,
        user_id,
        anonymous_id,
        {{ homespun.try_json('context_consent_category_preferences') }} as preferences,
        timestamp,
        loaded_at
    from {{ ref('stg_events') }}
    where context_consent_category_preferences is not null

),

entries as (

    {{ homespun.json_entries('messages', 'preferences') }}

),

categories as (

    select
        message_id,
        user_id,
        anonymous_id,
        entry_key as category,
        entry_kind = 'boolean' and entry_text = 'true' as is_granted,
        timestamp,
        loaded_at
    from entries

),

nothing as (

    -- Preferences that name no category refuse all of them.
    select
        message_id,
        user_id,
        anonymous_id,
        null as category,
        false as is_granted,
        timestamp,
        loaded_at
    from messages
    where
        not {{ homespun.is_json_object('preferences') }}
        or cast(preferences as {{ dbt.type_string() }}) = '{}'

)

select * from categories
union all
select * from nothing
