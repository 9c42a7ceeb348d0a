{{ config(enabled=(project_name == 'homespun')) }}

with

message_identifiers as (

    select message_id
    from {{ ref('int_message_identifiers') }}
    where not is_gone
    group by 1

),

message_profiles as (

    select * from {{ ref('message_profiles') }}

)

select message_identifiers.message_id
from message_identifiers
left join message_profiles on message_identifiers.message_id = message_profiles.message_id
where message_profiles.message_id is null
