{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_profile_identifiers') }}

),

edges as (

    select * from {{ ref('int_identity_edges') }}
    where not is_gone

),

refused as (

    select
        deciding.profile_id,
        refused.profile_id as refused_profile_id,
        edges.message_id,
        refused.id_type as refused_id_type,
        refused.id_value as refused_id_value,
        deciding.is_shared or refused.is_shared as is_shared,
        edges.timestamp
    from edges
    inner join identifiers as deciding on edges.left_number = deciding.identifier_number
    inner join identifiers as refused on edges.right_number = refused.identifier_number
    where deciding.profile_id != refused.profile_id

),

holdings as (

    select
        profile_id,
        id_type,
        min({{ homespun.limit_of('id_type') }}) as allowed,
        count(*) as held
    from identifiers
    where is_said and {{ homespun.limit_of('id_type') }} is not null
    group by 1, 2

),

broken_limits as (

    select
        refused.profile_id,
        refused.refused_profile_id,
        min(
            case when one.allowed = 1 then 'one' else cast(one.allowed as {{ dbt.type_string() }}) end
            || ' ' || one.id_type || ' per profile'
        ) as broken_limit
    from refused
    inner join holdings as one on refused.profile_id = one.profile_id
    inner join holdings as other
        on refused.refused_profile_id = other.profile_id and one.id_type = other.id_type
    where one.held + other.held > one.allowed
    group by 1, 2

)

select
    refused.profile_id,
    refused.refused_profile_id,
    refused.message_id,
    refused.refused_id_type,
    refused.refused_id_value,
    case
        when refused.is_shared then 'shared device'
        else coalesce(broken_limits.broken_limit, 'kept apart by an override')
    end as broken_limit,
    refused.timestamp as refused_at
from refused
left join broken_limits
    on
        refused.profile_id = broken_limits.profile_id
        and refused.refused_profile_id = broken_limits.refused_profile_id
