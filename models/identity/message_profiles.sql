{{ config(materialized='view') }}

with

message_identifiers as (

    select * from {{ ref('int_message_identifiers') }}
    where is_deciding

),

id_graph as (

    select * from {{ ref('id_graph') }}

)

select
    message_identifiers.message_id,
    id_graph.profile_id
from message_identifiers
inner join id_graph
    on
        message_identifiers.id_type = id_graph.id_type
        and message_identifiers.id_value = id_graph.id_value
