with

business as (

    select * from {{ ref('int_business') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

as_of as (

    select * from {{ ref('as_of') }}

)

select
    business.profile_id,
    business.account_id,
    accounts.name as account_name,
    accounts.plan as account_plan,
    business.account_role,
    business.trial_plan_name,
    coalesce(
        business.trial_started_at is not null
        and coalesce(business.trial_ended_at < business.trial_started_at, true)
        and coalesce(business.trial_due_at > as_of.as_of, true),
        false
    ) as is_in_trial,
    business.trial_started_at,
    business.trial_due_at,
    business.trial_ended_at
from business
cross join as_of
left join accounts on business.account_id = accounts.account_id
