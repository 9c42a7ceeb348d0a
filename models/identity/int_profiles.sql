{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='profile_key'
    )
}}

with

identifiers as {{ homespun.inline() }} (

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
        identifiers.profile_key,
        min(anonymous_messages.timestamp) as first_seen_at,
        max(anonymous_messages.timestamp) as last_seen_at
    from anonymous_messages
    inner join identifiers
        on anonymous_messages.identifier_key = identifiers.identifier_key
    group by 1

),
{%- if is_incremental() %}
{%- set last_build = homespun.last_build(this) %}

known as {{ homespun.inline() }} (

    select * from {{ this }}

),

changed as (

    select
        identifier_key,
        profile_key
    from identifiers
    where build_number > {{ last_build }}

),

touched as (

    select profile_key from changed

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

    select identifiers.*
    from identifiers
    inner join touched on identifiers.profile_key = touched.profile_key
    where identifiers.is_said

),
{%- else %}

touched_identifiers as {{ homespun.inline() }} (

    select * from identifiers
    where is_said

),
{%- endif %}

spans as (

    select
        touched_identifiers.profile_key,
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

),

-- Each type by itself: one group by for all would gather a row of nulls for each other identifier.
user_ids as (

    select
        profile_key,
        max(id_value) as user_id
    from touched_identifiers
    where id_type = 'user_id'
    group by 1

),

emails as (

    select
        profile_key,
        {{ homespun.latest('id_value', ['last_seen_at', 'id_value']) }} as email
    from touched_identifiers
    where id_type = 'email'
    group by 1

),

anonymous_ids as (

    select
        profile_key,
        {{ homespun.json_list('id_value') }} as anonymous_ids
    from touched_identifiers
    where id_type = 'anonymous_id'
    group by 1

)
{%- if not is_incremental() %},

touched as (

    select profile_key from spans

)
{%- endif %}

select
    touched.profile_key,
    case
        when spans.profile_key is not null then {{ homespun.key_text('touched.profile_key') }}
    end as profile_id,
    user_ids.user_id,
    emails.email,
    coalesce(
        anonymous_ids.anonymous_ids, case when spans.profile_key is not null then '[]' end
    ) as anonymous_ids,
    spans.identifier_count,
    device_messages.profile_key is not null as has_device_messages,
    -- A profile of which no message is (a device that always came with a user) was named at least.
    coalesce(
        least(spans.first_seen_at, device_messages.first_seen_at),
        spans.first_seen_at,
        device_messages.first_seen_at,
        spans.first_named_at
    ) as first_seen_at,
    coalesce(
        greatest(spans.last_seen_at, device_messages.last_seen_at),
        spans.last_seen_at,
        device_messages.last_seen_at,
        spans.last_named_at
    ) as last_seen_at,
    {{ homespun.build_number() }} as build_number
from touched
left join spans on touched.profile_key = spans.profile_key
left join user_ids on touched.profile_key = user_ids.profile_key
left join emails on touched.profile_key = emails.profile_key
left join anonymous_ids on touched.profile_key = anonymous_ids.profile_key
left join device_messages on touched.profile_key = device_messages.profile_key
