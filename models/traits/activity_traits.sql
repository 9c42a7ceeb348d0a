with

profiles as (

    select * from {{ ref('profiles') }}

),

events as (

    select * from {{ ref('stg_events') }}

),

signed_up as (

    select * from {{ ref('signed_up') }}

),

message_profiles as (

    select * from {{ ref('message_profiles') }}

),

as_of as (

    select * from {{ ref('as_of') }}

),

activity as (

    select
        message_profiles.profile_id,
        count(*) as event_count,
        count(case when events.type in ('page', 'screen') then events.message_id end) as view_count,
        count(distinct cast(events.timestamp as date)) as active_day_count
    from events
    inner join message_profiles on events.message_id = message_profiles.message_id
    inner join as_of on events.timestamp <= as_of.as_of
    group by 1

),

sign_ups as (

    select
        message_profiles.profile_id,
        max(signed_up.timestamp) as signed_up_at
    from signed_up
    inner join message_profiles on signed_up.id = message_profiles.message_id
    inner join as_of on signed_up.timestamp <= as_of.as_of
    group by 1

)

select
    profiles.profile_id,
    coalesce(activity.event_count, 0) as event_count,
    coalesce(activity.view_count, 0) as view_count,
    coalesce(activity.active_day_count, 0) as active_day_count,
    sign_ups.signed_up_at
from profiles
left join activity on profiles.profile_id = activity.profile_id
left join sign_ups on profiles.profile_id = sign_ups.profile_id
