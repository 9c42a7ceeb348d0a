with

profiles as (

    select * from {{ ref('profiles') }}

),

activity as (

    select * from {{ ref('int_activity') }}

),

sessions as (

    select
        profile_id,
        count(*) as session_count,
        max(started_at) as last_session_at
    from {{ ref('sessions') }}
    group by 1

)

select
    profiles.profile_id,
    activity.last_page_path,
    activity.first_channel,
    activity.last_channel,
    activity.first_campaign_name,
    activity.first_campaign_source,
    activity.last_campaign_name,
    activity.last_campaign_source,
    coalesce(activity.event_count, 0) as event_count,
    coalesce(activity.view_count, 0) as view_count,
    coalesce(sessions.session_count, 0) as session_count,
    coalesce(activity.active_day_count, 0) as active_day_count,
    coalesce(activity.active_day_count_7d, 0) as active_day_count_7d,
    coalesce(activity.active_day_count_30d, 0) as active_day_count_30d,
    coalesce(activity.active_day_count_90d, 0) as active_day_count_90d,
    sessions.last_session_at,
    activity.signed_up_at
from profiles
left join activity on profiles.profile_id = activity.profile_id
left join sessions on profiles.profile_id = sessions.profile_id
