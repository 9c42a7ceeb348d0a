with

identifiers as (

    select * from {{ ref('int_identifiers') }}

),

resolution as (

    select * from {{ ref('int_identity_resolution') }}

),

resolved as (

    -- An identifier that was never seen with another is a profile by itself.
    select
        identifiers.*,
        coalesce(resolution.profile_number, identifiers.identifier_number) as profile_number,
        resolution.merged_edge_number
    from identifiers
    left join resolution on identifiers.identifier_number = resolution.identifier_number

)

select
    resolved.identifier_number,
    resolved.profile_number,
    {{ homespun.profile_id('first_identifier.id_type', 'first_identifier.id_value') }}
        as profile_id,
    {{ homespun.profile_id('resolved.id_type', 'resolved.id_value') }} as own_profile_id,
    resolved.id_type,
    resolved.id_value,
    resolved.merged_edge_number,
    resolved.first_message_id,
    resolved.first_seen_at,
    resolved.last_seen_at
from resolved
inner join resolved as first_identifier
    on resolved.profile_number = first_identifier.identifier_number
