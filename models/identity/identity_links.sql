{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_profile_identifiers') }}

),

overrides as (

    select * from {{ ref('int_identity_overrides') }}
    where action = 'merge'

),

edges as (

    select
        left_number,
        right_number,
        message_id,
        link_rule,
        timestamp
    from {{ ref('int_identity_edges') }}
    where not is_gone

    union all

    select
        left_number,
        right_number,
        null as message_id,
        'override' as link_rule,
        decided_at as timestamp
    from overrides

)

select
    one.profile_id,
    other.profile_id as other_profile_id,
    one.id_type,
    one.id_value,
    other.id_type as other_id_type,
    other.id_value as other_id_value,
    edges.message_id,
    edges.link_rule,
    one.profile_id = other.profile_id as is_one_profile,
    edges.timestamp as linked_at
from edges
inner join identifiers as one on edges.left_number = one.identifier_number
inner join identifiers as other on edges.right_number = other.identifier_number
