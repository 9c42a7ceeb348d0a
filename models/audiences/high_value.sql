with

order_values as (

    select * from {{ ref('int_order_values') }}

),

profile_traits as (

    select * from {{ ref('profile_traits') }}

),

running as (

    select
        profile_id,
        timestamp,
        message_id,
        sum(value) over (
            partition by profile_id
            order by timestamp, message_id
            rows between unbounded preceding and current row
        ) as value_so_far
    from order_values

),

judged as (

    select
        *,
        value_so_far >= {{ var('homespun_high_value') }} as is_high,
        lag(value_so_far >= {{ var('homespun_high_value') }}, 1, false) over (
            partition by profile_id
            order by timestamp, message_id
        ) as was_high
    from running

),

risen as (

    -- A refund can take a profile out again: what counts is the last time that it rose.
    select
        profile_id,
        max(timestamp) as risen_at
    from judged
    where is_high and not was_high
    group by 1

)

select
    profile_traits.profile_id,
    profile_traits.user_id,
    profile_traits.email,
    profile_traits.order_count,
    cast(profile_traits.lifetime_value as decimal(18, 2)) as lifetime_value,
    risen.risen_at as entered_at
from profile_traits
inner join risen on profile_traits.profile_id = risen.profile_id
where profile_traits.lifetime_value >= {{ var('homespun_high_value') }}
