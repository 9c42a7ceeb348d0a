with

identifiers as (

    select * from {{ ref('int_profile_identifiers') }}

),

edges as (

    select * from {{ ref('int_identity_edges') }}

),

events as (

    select * from {{ ref('stg_events') }}

)

-- An identifier that was first seen in the message that links it never was a profile of its own.
select
    identifiers.profile_id,
    identifiers.own_profile_id as merged_profile_id,
    edges.message_id,
    case when events.type = 'alias' then 'alias' else 'same_message' end as rule,
    edges.timestamp as merged_at
from identifiers
inner join edges on identifiers.merged_edge_number = edges.edge_number
inner join events on edges.message_id = events.message_id
where identifiers.first_message_id != edges.message_id
