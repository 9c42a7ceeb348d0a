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
    profile_traits.first_name,
    profile_traits.plan,
    profile_traits.signed_up_at as entered_at
from profile_traits
inner join as_of on profile_traits.signed_up_at > {{ dbt.dateadd('day', -7, 'as_of.as_of') }}
