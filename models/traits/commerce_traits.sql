with

profiles as (

    select * from {{ ref('profiles') }}

),

order_values as (

    select * from {{ ref('int_order_values') }}

),

product_added as (

    select * from {{ ref('product_added') }}

),

message_profiles as (

    select * from {{ ref('message_profiles') }}

),

as_of as (

    select * from {{ ref('as_of') }}

),

orders as (

    select
        profile_id,
        count(case when not is_refund then message_id end) as order_count,
        count(case when is_refund then message_id end) as refund_count,
        sum(case when not is_refund then value end) as order_revenue,
        sum(value) as lifetime_value,
        min(case when not is_refund then timestamp end) as first_order_at,
        max(case when not is_refund then timestamp end) as last_order_at
    from order_values
    group by 1

),

carts as (

    select
        message_profiles.profile_id,
        max(product_added.timestamp) as last_product_added_at
    from product_added
    inner join message_profiles on product_added.id = message_profiles.message_id
    inner join as_of on product_added.timestamp <= as_of.as_of
    group by 1

)

select
    profiles.profile_id,
    coalesce(orders.order_count, 0) as order_count,
    coalesce(orders.refund_count, 0) as refund_count,
    coalesce(orders.lifetime_value, 0) as lifetime_value,
    orders.order_revenue / nullif(orders.order_count, 0) as average_order_value,
    orders.first_order_at,
    orders.last_order_at,
    carts.last_product_added_at
from profiles
left join orders on profiles.profile_id = orders.profile_id
left join carts on profiles.profile_id = carts.profile_id
