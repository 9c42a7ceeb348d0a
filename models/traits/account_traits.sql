with

accounts as (

    select * from {{ ref('int_accounts') }}

),

account_profiles as (

    select * from {{ ref('account_profiles') }}

),

profile_events as (

    select * from {{ ref('profile_events') }}

),

account_events as (

    select
        account_profiles.account_id,
        profile_events.*
    from account_profiles
    inner join profile_events on account_profiles.profile_id = profile_events.profile_id

),

activity as (

    select
        account_id,
        count(distinct profile_id) as profile_count,
        count(distinct case
            when {{ homespun.window_condition(within='30 days') }} then profile_id
        end) as active_profile_count_30d,
        {{ homespun.event_count() }} as event_count,
        {{ homespun.event_count(within='30 days') }} as event_count_30d,
        {{ homespun.event_count('Order Completed') }} as order_count,
        {{ homespun.property_sum('Order Completed', 'total') }} as order_total,
        {{ homespun.last_at('Trial Started') }} as trial_started_at,
        max(timestamp) as last_seen_at
    from account_events
    group by 1

)

select
    accounts.account_id,
    accounts.name,
    accounts.plan,
    accounts.industry,
    coalesce(activity.profile_count, 0) as profile_count,
    coalesce(activity.active_profile_count_30d, 0) as active_profile_count_30d,
    coalesce(activity.event_count, 0) as event_count,
    coalesce(activity.event_count_30d, 0) as event_count_30d,
    coalesce(activity.order_count, 0) as order_count,
    coalesce(activity.order_total, 0) as order_total,
    activity.trial_started_at,
    activity.last_seen_at
from accounts
left join activity on accounts.account_id = activity.account_id
