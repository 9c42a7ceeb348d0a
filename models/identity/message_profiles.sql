{{ config(materialized='view') }}

with

deciding as (

    select * from {{ ref('int_message_identifiers') }}
    where is_deciding

),

device_messages as (

    select * from {{ ref('int_device_messages') }}

),

id_graph as (

    select * from {{ ref('id_graph') }}

),

owners as (

    select
        deciding.message_id,
        coalesce(device_messages.id_type, deciding.id_type) as id_type,
        coalesce(device_messages.id_value, deciding.id_value) as id_value
    from deciding
    left join device_messages on deciding.message_id = device_messages.message_id

)

select
    owners.message_id,
    id_graph.profile_id
from owners
inner join id_graph
    on owners.id_type = id_graph.id_type and owners.id_value = id_graph.id_value
