{%- set at_risk = var('homespun_at_risk_days') | int %}
{%- set lapsed = var('homespun_lapsed_days') | int %}

with

commerce_traits as (

    select * from {{ ref('commerce_traits') }}

),

as_of as (

    select * from {{ ref('as_of') }}

)

select
    commerce_traits.profile_id,
    case
        when commerce_traits.last_order_at is null then 'prospect'
        when
            commerce_traits.last_order_at <= {{ dbt.dateadd('day', -lapsed, 'as_of.as_of') }}
            then 'lapsed'
        when
            commerce_traits.last_order_at <= {{ dbt.dateadd('day', -at_risk, 'as_of.as_of') }}
            then 'at_risk'
        when commerce_traits.previous_order_at is null then 'new'
        when
            commerce_traits.last_order_at
            >= {{ dbt.dateadd('day', lapsed, 'commerce_traits.previous_order_at') }}
            then 'won_back'
        else 'active'
    end as lifecycle_stage,
    {{ homespun.time_since('commerce_traits.last_order_at', 'day', 'as_of.as_of') }}
        as days_since_last_order
from commerce_traits
cross join as_of
