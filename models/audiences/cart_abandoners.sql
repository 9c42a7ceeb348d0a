with

profile_traits as (

    select * from {{ ref('profile_traits') }}

),

as_of as (

    select * from {{ ref('as_of') }}

)

select
    profile_traits.profile_id,
    profile_traits.user_id,
    profile_traits.email,
    profile_traits.last_product_added_at,
    {{ dbt.dateadd('hour', 1, 'profile_traits.last_product_added_at') }} as entered_at
from profile_traits
inner join as_of
    on
        profile_traits.last_product_added_at > {{ dbt.dateadd('day', -7, 'as_of.as_of') }}
        and profile_traits.last_product_added_at <= {{ dbt.dateadd('hour', -1, 'as_of.as_of') }}
where
    profile_traits.last_order_at is null
    or profile_traits.last_order_at < profile_traits.last_product_added_at
