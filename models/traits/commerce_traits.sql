with

profiles as (

    select * from {{ ref('profiles') }}

),

order_values as (

    select * from {{ ref('int_order_values') }}

),

shopping as (

    select * from {{ ref('int_shopping') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by profile_id, is_refund
            order by timestamp, message_id
        ) as place,
        row_number() over (
            partition by profile_id, is_refund
            order by timestamp desc, message_id desc
        ) as place_from_last
    from order_values

),

orders as (

    select
        profile_id,
        count(case when not is_refund then message_id end) as order_count,
        count(case when is_refund then message_id end) as refund_count,
        sum(case when not is_refund then value end) as order_revenue,
        sum(case when is_refund then -value end) as refunded_value,
        sum(value) as lifetime_value,
        min(case when not is_refund then timestamp end) as first_order_at,
        max(case when not is_refund and place = 2 then timestamp end) as second_order_at,
        max(case when not is_refund and place_from_last = 2 then timestamp end)
            as previous_order_at,
        max(case when not is_refund then timestamp end) as last_order_at
    from numbered
    group by 1

)

select
    profiles.profile_id,
    shopping.favourite_category,
    shopping.favourite_product_id,
    coalesce(orders.order_count, 0) as order_count,
    coalesce(orders.refund_count, 0) as refund_count,
    coalesce(orders.refunded_value, 0) as refunded_value,
    coalesce(orders.order_revenue, 0) as order_revenue,
    coalesce(orders.lifetime_value, 0) as lifetime_value,
    cast(orders.order_revenue / nullif(orders.order_count, 0) as {{ homespun.type_number() }})
        as average_order_value,
    coalesce(shopping.last_product_added_at > orders.last_order_at, false)
    or (
        shopping.last_product_added_at is not null and orders.last_order_at is null
    ) as has_open_cart,
    orders.first_order_at,
    orders.second_order_at,
    orders.previous_order_at,
    orders.last_order_at,
    shopping.last_product_added_at
from profiles
left join orders on profiles.profile_id = orders.profile_id
left join shopping on profiles.profile_id = shopping.profile_id
