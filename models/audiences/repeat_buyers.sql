with

orders as (

    select * from {{ ref('int_order_values') }}
    where not is_refund

),

profile_traits as (

    select * from {{ ref('profile_traits') }}

),

numbered as (

    select
        profile_id,
        timestamp,
        row_number() over (partition by profile_id order by timestamp, message_id) as order_number
    from orders

)

select
    profile_traits.profile_id,
    profile_traits.user_id,
    profile_traits.email,
    profile_traits.order_count,
    cast(profile_traits.lifetime_value as decimal(18, 2)) as lifetime_value,
    profile_traits.last_order_at,
    numbered.timestamp as entered_at
from profile_traits
inner join numbered on profile_traits.profile_id = numbered.profile_id
where numbered.order_number = 2
