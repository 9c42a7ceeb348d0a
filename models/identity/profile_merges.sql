{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_resolved_identifiers') }}

)

select
    {{ homespun.key_text('profile_key') }} as profile_id,
    {{ homespun.key_text('identifier_key') }} as merged_profile_id,
    merged_message_id as message_id,
    merged_rule as rule,
    merged_at
from identifiers
where merged_rule is not null
