{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='profile_key'
    )
}}

with

identifiers as {{ homespun.inline() }} (

    select * from {{ ref('int_identifiers') }}

),

profile_identifiers as {{ homespun.inline() }} (

    select * from {{ ref('int_profile_identifiers') }}

),

device_users as (

    select * from {{ ref('int_device_users') }}
    where user_id_count > 1 or email_count > 1

),

anonymous_messages as (

    select * from {{ ref('int_device_messages') }}

),

device_messages as (

    select
        profile_identifiers.profile_key,
        min(anonymous_messages.timestamp) as first_seen_at,
        max(anonymous_messages.timestamp) as last_seen_at
    from anonymous_messages
    inner join profile_identifiers
        on anonymous_messages.identifier_key = profile_identifiers.identifier_key
    group by 1

),
{%- if is_incremental() %}
{%- set last_build = homespun.last_build(this) %}

known as {{ homespun.inline() }} (

    select * from {{ this }}

),

changed as (

    select identifier_key from profile_identifiers
    where build_number > {{ last_build }}

    union

    select identifier_key from identifiers
    where build_number > {{ last_build }}

),

touched as (

    select profile_identifiers.profile_key
    from profile_identifiers
    inner join changed on profile_identifiers.identifier_key = changed.identifier_key

    union

    -- What was a profile and is none any more.
    select known.profile_key
    from known
    inner join changed on known.profile_key = changed.identifier_key

    union

    select profile_key from device_messages

    union

    select profile_key from known
    where has_device_messages

),

touched_identifiers as (

    select
        profile_identifiers.profile_key,
        identifiers.*
    from profile_identifiers
    inner join touched on profile_identifiers.profile_key = touched.profile_key
    inner join identifiers on profile_identifiers.identifier_key = identifiers.identifier_key
    where profile_identifiers.is_said

),
{%- else %}

touched_identifiers as (

    select
        profile_identifiers.profile_key,
        identifiers.*
    from profile_identifiers
    inner join identifiers on profile_identifiers.identifier_key = identifiers.identifier_key
    where profile_identifiers.is_said

),
{%- endif %}

summaries as (

    select
        touched_identifiers.profile_key,
        max(case when touched_identifiers.id_type = 'user_id' then touched_identifiers.id_value end)
            as user_id,
        {{ homespun.latest(
            "case when touched_identifiers.id_type = 'email' then touched_identifiers.id_value end",
            ['touched_identifiers.last_seen_at', 'touched_identifiers.id_value']
        ) }} as email,
        {{ homespun.json_list(
            "case when touched_identifiers.id_type = 'anonymous_id' "
            ~ "then touched_identifiers.id_value end"
        ) }} as anonymous_ids,
        count(*) as identifier_count,
        min(touched_identifiers.first_seen_at) as first_named_at,
        max(touched_identifiers.last_seen_at) as last_named_at,
        min(
            case
                when device_users.identifier_key is null then touched_identifiers.first_decided_at
            end
        ) as first_seen_at,
        max(
            case
                when device_users.identifier_key is null then touched_identifiers.last_decided_at
            end
        ) as last_seen_at
    from touched_identifiers
    left join device_users on touched_identifiers.identifier_key = device_users.identifier_key
    group by 1

)
{%- if not is_incremental() %},

touched as (

    select profile_key from summaries

)
{%- endif %}

select
    touched.profile_key,
    case
        when summaries.profile_key is not null then {{ homespun.key_text('touched.profile_key') }}
    end as profile_id,
    summaries.user_id,
    summaries.email,
    summaries.anonymous_ids,
    summaries.identifier_count,
    device_messages.profile_key is not null as has_device_messages,
    -- A profile of which no message is (a device that always came with a user) was named at least.
    coalesce(
        least(summaries.first_seen_at, device_messages.first_seen_at),
        summaries.first_seen_at,
        device_messages.first_seen_at,
        summaries.first_named_at
    ) as first_seen_at,
    coalesce(
        greatest(summaries.last_seen_at, device_messages.last_seen_at),
        summaries.last_seen_at,
        device_messages.last_seen_at,
        summaries.last_named_at
    ) as last_seen_at,
    {{ homespun.build_number() }} as build_number
from touched
left join summaries on touched.profile_key = summaries.profile_key
left join device_messages on touched.profile_key = device_messages.profile_key
