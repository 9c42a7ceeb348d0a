with

profile_traits as (

    select * from {{ ref('profile_traits') }}

)

select
    profile_id,
    user_id,
    email,
    order_count,
    cast(lifetime_value as decimal(18, 2)) as lifetime_value,
    last_order_at,
    second_order_at as entered_at
from profile_traits
where {{ homespun.performed('Order Completed', at_least=2) }}
