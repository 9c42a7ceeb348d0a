with

identifiers as (

    select * from {{ ref('int_profile_identifiers') }}

),

edges as (

    select * from {{ ref('int_identity_edges') }}

)

select
    deciding.profile_id,
    refused.profile_id as refused_profile_id,
    edges.message_id,
    refused.id_type as refused_id_type,
    refused.id_value as refused_id_value,
    'one user_id per profile' as broken_limit,
    edges.timestamp as refused_at
from edges
inner join identifiers as deciding on edges.left_number = deciding.identifier_number
inner join identifiers as refused on edges.right_number = refused.identifier_number
where deciding.profile_id != refused.profile_id
