with

identifiers as (

    select * from {{ ref('int_profile_identifiers') }}

)

select
    identifier_key as owner_key,
    {{ homespun.key_text('profile_key') }} as profile_id
from identifiers
