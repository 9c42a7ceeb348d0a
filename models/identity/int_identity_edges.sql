with

message_identifiers as (

    select * from {{ ref('int_message_identifiers') }}

),

identifiers as (

    select * from {{ ref('int_identifiers') }}

),

numbered as (

    select
        message_identifiers.*,
        identifiers.identifier_number
    from message_identifiers
    inner join identifiers
        on
            message_identifiers.id_type = identifiers.id_type
            and message_identifiers.id_value = identifiers.id_value

),

deciding as (

    select * from numbered
    where is_deciding

),

other as (

    select * from numbered
    where not is_deciding

),

pairs as (

    select
        deciding.identifier_number as left_number,
        other.identifier_number as right_number,
        deciding.id_type = 'user_id' as left_is_exclusive,
        other.id_type = 'user_id' as right_is_exclusive,
        deciding.message_id,
        deciding.timestamp,
        other.priority,
        row_number() over (
            partition by deciding.identifier_number, other.identifier_number
            order by deciding.timestamp, deciding.message_id
        ) as mention
    from deciding
    inner join other on deciding.message_id = other.message_id

)

select
    row_number() over (order by timestamp, message_id, priority, right_number) as edge_number,
    left_number,
    right_number,
    left_is_exclusive,
    right_is_exclusive,
    message_id,
    timestamp
from pairs
where mention = 1
