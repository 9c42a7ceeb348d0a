with

profile_traits as (

    select * from {{ ref('profile_traits') }}

)

select
    profile_id,
    user_id,
    email,
    order_count,
    last_order_at,
    {{ dbt.dateadd('day', 45, 'last_order_at') }} as entered_at
from profile_traits
where
    {{ homespun.performed('Order Completed', between=['45 days', '90 days']) }}
    and not {{ homespun.performed('Order Completed', within='45 days') }}
