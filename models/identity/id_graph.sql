{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_profile_identifiers') }}
    where is_said

)

select
    id_type,
    id_value,
    {{ homespun.key_text('profile_key') }} as profile_id,
    first_seen_at,
    last_seen_at
from identifiers
