{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='profile_number'
    )
}}

with

identifiers as (

    select * from {{ ref('int_profile_identifiers') }}

),

device_users as (

    select * from {{ ref('int_device_users') }}
    where user_id_count > 1 or email_count > 1

),

device_messages as (

    select
        identifiers.profile_number,
        min(device_messages.timestamp) as first_seen_at,
        max(device_messages.timestamp) as last_seen_at
    from {{ ref('int_device_messages') }} as device_messages
    inner join identifiers
        on
            device_messages.id_type = identifiers.id_type
            and device_messages.id_value = identifiers.id_value
    group by 1

),
{%- if is_incremental() %}

known as (

    select * from {{ this }}

),

changed as (

    select
        identifier_number,
        profile_number
    from identifiers
    where build_number > (select coalesce(max(build_number), 0) from known)

),

touched as (

    select profile_number from changed

    union

    -- What was a profile and is none any more.
    select known.profile_number
    from known
    inner join changed on known.profile_number = changed.identifier_number

    union

    select profile_number from device_messages

    union

    select profile_number from known
    where has_device_messages

),

touched_identifiers as (

    select identifiers.*
    from identifiers
    inner join touched on identifiers.profile_number = touched.profile_number
    where identifiers.is_said

),
{%- else %}

touched as (

    select profile_number from identifiers
    where is_said
    group by 1

),

touched_identifiers as (

    select * from identifiers
    where is_said

),
{%- endif %}

summaries as (

    select
        touched_identifiers.profile_number,
        min(touched_identifiers.profile_id) as profile_id,
        max(case when id_type = 'user_id' then id_value end) as user_id,
        {{ homespun.latest(
            "case when id_type = 'email' then id_value end", ['last_seen_at', 'id_value']
        ) }} as email,
        {{ homespun.json_list("case when id_type = 'anonymous_id' then id_value end") }}
            as anonymous_ids,
        count(*) as identifier_count,
        min(first_seen_at) as first_named_at,
        max(last_seen_at) as last_named_at,
        min(case when device_users.identifier_number is null then first_decided_at end)
            as first_seen_at,
        max(case when device_users.identifier_number is null then last_decided_at end)
            as last_seen_at
    from touched_identifiers
    left join device_users
        on touched_identifiers.identifier_number = device_users.identifier_number
    group by 1

)

select
    touched.profile_number,
    summaries.profile_id,
    summaries.user_id,
    summaries.email,
    summaries.anonymous_ids,
    summaries.identifier_count,
    device_messages.profile_number is not null as has_device_messages,
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
left join summaries on touched.profile_number = summaries.profile_number
left join device_messages on touched.profile_number = device_messages.profile_number
