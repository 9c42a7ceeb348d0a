{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_identifiers') }}

),

profile_identifiers as (

    select * from {{ ref('int_profile_identifiers') }}
    where is_said

)

select
    identifiers.id_type,
    identifiers.id_value,
    {{ homespun.key_text('profile_identifiers.profile_key') }} as profile_id,
    identifiers.first_seen_at,
    identifiers.last_seen_at
from profile_identifiers
inner join identifiers
    on profile_identifiers.identifier_key = identifiers.identifier_key
