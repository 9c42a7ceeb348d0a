{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_identifiers') }}

),

profile_identifiers as (

    select * from {{ ref('int_profile_identifiers') }}
    where is_said

),

named as (

    select
        identifiers.id_type,
        identifiers.id_value,
        identifiers.identifier_key,
        {{ homespun.key_text('profile_identifiers.profile_key') }} as profile_id
    from profile_identifiers
    inner join identifiers
        on profile_identifiers.identifier_key = identifiers.identifier_key

),

overrides as (

    select * from {{ ref('int_identity_overrides') }}
    where action = 'merge'

),

edges as (

    select
        left_key,
        right_key,
        message_id,
        link_rule,
        timestamp
    from {{ ref('int_identity_edges') }}

    union all

    select
        left_key,
        right_key,
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
inner join named as one on edges.left_key = one.identifier_key
inner join named as other on edges.right_key = other.identifier_key
