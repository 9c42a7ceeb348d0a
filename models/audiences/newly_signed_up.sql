with

profile_traits as (

    select * from {{ ref('profile_traits') }}

)

select
    profile_id,
    user_id,
    email,
    first_name,
    plan,
    signed_up_at as entered_at
from profile_traits
where {{ homespun.performed('Signed Up', within='7 days') }}
