{{ config(enabled=(project_name == 'homespun')) }}

-- What traits and audiences count is what message_profiles says, up to as_of.
with

as_of as (

    select * from {{ ref('as_of') }}

),

events as (

    select * from {{ ref('stg_events') }}

),

message_profiles as (

    select * from {{ ref('message_profiles') }}

),

expected as (

    select
        message_profiles.message_id,
        message_profiles.profile_id
    from message_profiles
    inner join events on message_profiles.message_id = events.message_id
    inner join as_of on events.timestamp <= as_of.as_of

),

found as (

    select * from {{ ref('profile_events') }}

)

select
    coalesce(expected.message_id, found.message_id) as message_id,
    expected.profile_id as expected_profile_id,
    found.profile_id as found_profile_id
from expected
full outer join found on expected.message_id = found.message_id
where
    expected.message_id is null
    or found.message_id is null
    or expected.profile_id != found.profile_id
