with

profiles as (

    select * from {{ ref('profiles') }}

),

identify_traits as (

    select * from {{ ref('identify_traits') }}

),

activity_traits as (

    select * from {{ ref('activity_traits') }}

),

commerce_traits as (

    select * from {{ ref('commerce_traits') }}

),

lifecycle_traits as (

    select * from {{ ref('lifecycle_traits') }}

),

business_traits as (

    select * from {{ ref('business_traits') }}

)

-- `using` gives one profile_id, and `*` lets every theme add a column without being listed here.
select * -- noqa: references.qualification
from profiles
left join identify_traits using (profile_id) -- noqa: structure.using
left join activity_traits using (profile_id) -- noqa: structure.using
left join commerce_traits using (profile_id) -- noqa: structure.using
left join lifecycle_traits using (profile_id) -- noqa: structure.using
left join business_traits using (profile_id) -- noqa: structure.using
