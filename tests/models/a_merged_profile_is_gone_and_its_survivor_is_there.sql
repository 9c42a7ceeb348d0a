{{ config(enabled=(project_name == 'homespun')) }}

with

profile_merges as (

    select * from {{ ref('profile_merges') }}

),

profiles as (

    select * from {{ ref('profiles') }}

)

select
    profile_merges.profile_id,
    profile_merges.merged_profile_id
from profile_merges
left join profiles as survivors on profile_merges.profile_id = survivors.profile_id
left join profiles as merged on profile_merges.merged_profile_id = merged.profile_id
where survivors.profile_id is null or merged.profile_id is not null
