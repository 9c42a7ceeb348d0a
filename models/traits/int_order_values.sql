with

order_completed as (

    select * from {{ ref('order_completed') }}

),

order_refunded as (

    select * from {{ ref('order_refunded') }}

),

message_profiles as (

    select * from {{ ref('message_profiles') }}

),

as_of as (

    select * from {{ ref('as_of') }}

),

order_totals as (

    -- What an order was worth, for refunds that do not say their own amount.
    select
        order_completed.order_id,
        coalesce(max(order_completed.total), max(order_completed.revenue), 0) as total
    from order_completed
    inner join as_of on order_completed.timestamp <= as_of.as_of
    where order_completed.order_id is not null
    group by 1

),

valued as (

    select
        id as message_id,
        order_id,
        coalesce(total, revenue, 0) as value,
        false as is_refund,
        timestamp
    from order_completed

    union all

    select
        order_refunded.id as message_id,
        order_refunded.order_id,
        -abs(coalesce(order_refunded.total, order_totals.total, 0)) as value,
        true as is_refund,
        order_refunded.timestamp
    from order_refunded
    left join order_totals on order_refunded.order_id = order_totals.order_id

)

select
    valued.message_id,
    message_profiles.profile_id,
    valued.order_id,
    valued.value,
    valued.is_refund,
    valued.timestamp
from valued
inner join message_profiles on valued.message_id = message_profiles.message_id
inner join as_of on valued.timestamp <= as_of.as_of
