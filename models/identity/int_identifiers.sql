with

message_identifiers as (

    select * from {{ ref('int_message_identifiers') }}

),

first_said as (

    select
        *,
        row_number() over (
            partition by id_type, id_value
            order by timestamp, message_id
        ) as mention,
        max(timestamp) over (partition by id_type, id_value) as last_seen_at
    from message_identifiers

)

select
    -- The oldest identifier has the smallest number: the profile of several takes the smallest.
    row_number() over (order by timestamp, message_id, priority, id_type, id_value)
        as identifier_number,
    id_type,
    id_value,
    message_id as first_message_id,
    timestamp as first_seen_at,
    last_seen_at
from first_said
where mention = 1
