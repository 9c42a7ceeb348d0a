with

profile_traits as (

    select * from {{ ref('profile_traits') }}

)

select
    profile_id,
    user_id,
    email,
    last_product_added_at,
    {{ dbt.dateadd('hour', 1, 'last_product_added_at') }} as entered_at
from profile_traits
where
    {{ homespun.performed_then_not(
        'Product Added', 'Order Completed', first_between=['1 hour', '7 days']
    ) }}
    and not {{ homespun.performed(['Product Added', 'Order Completed'], within='1 hour') }}
