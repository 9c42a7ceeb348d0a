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

),

members as (

    select * from profile_traits
    where {{ homespun.trait_is('lifetime_value', '>=', var('homespun_high_value')) }}

)

select
    members.profile_id,
    members.user_id,
    members.email,
    members.order_count,
    cast(members.lifetime_value as decimal(18, 2)) as lifetime_value,
    risen.risen_at as entered_at
from members
inner join risen on members.profile_id = risen.profile_id
