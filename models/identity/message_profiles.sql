{{ config(materialized='view') }}

with

deciding as (

    select * from {{ ref('int_message_identifiers') }}
    where is_deciding

),

device_messages as (

    select * from {{ ref('int_device_messages') }}

),

identifiers as (

    select * from {{ ref('int_profile_identifiers') }}

),

owners as (

    select
        deciding.message_id,
        coalesce(device_messages.identifier_key, deciding.identifier_key) as identifier_key
    from deciding
    left join device_messages on deciding.message_id = device_messages.message_id

)

select
    owners.message_id,
    {{ homespun.key_text('identifiers.profile_key') }} as profile_id
from owners
inner join identifiers on owners.identifier_key = identifiers.identifier_key
