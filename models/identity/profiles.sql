{{ config(materialized='view') }}

with

profiles as (

    select * from {{ ref('int_profiles') }}
    where profile_id is not null

)

select
    profile_id,
    user_id,
    email,
    anonymous_ids,
    identifier_count,
    first_seen_at,
    last_seen_at
from profiles
