{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='profile_key'
    )
}}

-- depends_on: {{ ref('int_identifiers') }}
-- depends_on: {{ ref('int_profile_identifiers') }}

with

resolved as {{ homespun.inline() }} (

    select * from {{ ref('int_resolved_identifiers') }}

),

device_users as (

    select * from {{ ref('int_device_users') }}
    where user_id_count > 1 or email_count > 1

),

owners as (

    select
        identifier_key,
        min(timestamp) as first_seen_at,
        max(timestamp) as last_seen_at
    from {{ ref('int_device_messages') }}
    group by 1

),

owner_profiles as (

    {{ homespun.profile_keys('owners', 'resolved') }}

),

device_messages as (

    select
        owner_profiles.profile_key,
        min(owners.first_seen_at) as first_seen_at,
        max(owners.last_seen_at) as last_seen_at
    from owners
    inner join owner_profiles on owners.identifier_key = owner_profiles.identifier_key
    group by 1

),
{%- if is_incremental() %}
{%- set last_build = homespun.last_build(this) %}

identifiers as {{ homespun.inline() }} (

    select * from {{ ref('int_identifiers') }}

),

known as {{ homespun.inline() }} (

    select * from {{ this }}

),

begun as (

    select max(begun_in) as begun_in from resolved

),

changed as (

    select identifier_key from identifiers
    where build_number > {{ last_build }}

    union

    select identifier_key from resolved
    where build_number > {{ last_build }}

    union

    -- When all were resolved anew, any identifier may have moved.
    select identifiers.identifier_key
    from identifiers
    inner join begun on begun.begun_in > {{ last_build }}

),

changed_profiles as (

    {{ homespun.profile_keys('changed', 'resolved') }}

),

touched as (

    select profile_key from changed_profiles

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

-- What was resolved of them; or an origin, which the identifiers that have no row go with.
followed as (

    select
        resolved.identifier_key,
        resolved.profile_key,
        true as is_resolved
    from resolved
    inner join touched on resolved.profile_key = touched.profile_key

    union all

    select
        touched.profile_key as identifier_key,
        touched.profile_key,
        false as is_resolved
    from touched
    left join resolved on touched.profile_key = resolved.identifier_key
    where resolved.identifier_key is null

),

-- They themselves, and what was seen first in their company (see origin_key).
found as (

    select
        followed.profile_key,
        followed.is_resolved,
        identifiers.*
    from followed
    inner join identifiers on followed.identifier_key = identifiers.identifier_key
    where followed.is_resolved or {{ homespun.limit_of('identifiers.id_type') }} is not null

    union all

    select
        followed.profile_key,
        false as is_resolved,
        identifiers.*
    from followed
    inner join identifiers on followed.identifier_key = identifiers.first_deciding_key
    where {{ homespun.limit_of('identifiers.id_type') }} is null

),

touched_identifiers as (

    select found.*
    from found
    left join resolved on found.identifier_key = resolved.identifier_key
    where
        found.first_message_id is not null
        and (found.is_resolved or resolved.identifier_key is null)

),
{%- else %}

touched_identifiers as (

    select * from {{ ref('int_profile_identifiers') }}
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
        {{ homespun.json_list_of_distinct('id_value') }} as anonymous_ids
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
