{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_profile_identifiers') }}

)

-- An identifier that was first seen in the message that links it never was a profile of its own.
select
    profile_id,
    {{ homespun.profile_id('id_type', 'id_value') }} as merged_profile_id,
    merged_message_id as message_id,
    merged_rule as rule,
    merged_at
from identifiers
where
    merged_rule is not null
    and first_message_id is distinct from merged_message_id
