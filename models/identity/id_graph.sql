{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_profile_identifiers') }}

)

select
    id_type,
    id_value,
    profile_id,
    first_seen_at,
    last_seen_at
from identifiers
where is_said
