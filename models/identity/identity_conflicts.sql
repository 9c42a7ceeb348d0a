{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_identifiers') }}

),

profile_identifiers as (

    select * from {{ ref('int_profile_identifiers') }}
    where is_said

),

edges as (

    select * from {{ ref('int_identity_edges') }}

),

refused as (

    select
        deciding.profile_key,
        refused.profile_key as refused_profile_key,
        edges.message_id,
        identifiers.id_type as refused_id_type,
        identifiers.id_value as refused_id_value,
        deciding.is_shared or refused.is_shared as is_shared,
        edges.timestamp
    from edges
    inner join profile_identifiers as deciding on edges.left_key = deciding.identifier_key
    inner join profile_identifiers as refused on edges.right_key = refused.identifier_key
    inner join identifiers on edges.right_key = identifiers.identifier_key
    where deciding.profile_key != refused.profile_key

),

concerned as (

    select profile_key from refused

    union

    select refused_profile_key from refused

),

holdings as (

    select
        profile_identifiers.profile_key,
        identifiers.id_type,
        min({{ homespun.limit_of('identifiers.id_type') }}) as allowed,
        count(*) as held
    from profile_identifiers
    inner join concerned on profile_identifiers.profile_key = concerned.profile_key
    inner join identifiers on profile_identifiers.identifier_key = identifiers.identifier_key
    where {{ homespun.limit_of('identifiers.id_type') }} is not null
    group by 1, 2

),

broken_limits as (

    select
        refused.profile_key,
        refused.refused_profile_key,
        min(
            case
                when one.allowed = 1 then 'one'
                else cast(one.allowed as {{ dbt.type_string() }})
            end
            || ' ' || one.id_type || ' per profile'
        ) as broken_limit
    from refused
    inner join holdings as one on refused.profile_key = one.profile_key
    inner join holdings as other
        on refused.refused_profile_key = other.profile_key and one.id_type = other.id_type
    where one.held + other.held > one.allowed
    group by 1, 2

)

select
    {{ homespun.key_text('refused.profile_key') }} as profile_id,
    {{ homespun.key_text('refused.refused_profile_key') }} as refused_profile_id,
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
        refused.profile_key = broken_limits.profile_key
        and refused.refused_profile_key = broken_limits.refused_profile_key
