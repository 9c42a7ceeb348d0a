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
    profile_traits.order_count,
    profile_traits.last_order_at,
    {{ dbt.dateadd('day', 45, 'profile_traits.last_order_at') }} as entered_at
from profile_traits
inner join as_of
    on
        profile_traits.last_order_at > {{ dbt.dateadd('day', -90, 'as_of.as_of') }}
        and profile_traits.last_order_at <= {{ dbt.dateadd('day', -45, 'as_of.as_of') }}
