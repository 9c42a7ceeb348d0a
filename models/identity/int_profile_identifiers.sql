{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_identifiers') }}

),

placed as (

    select
        *,
        {{ homespun.origin_key('identifiers') }} as origin_key
    from identifiers

),

resolved as (

    select * from {{ ref('int_resolved_identifiers') }}

),

-- When all were resolved anew, any identifier may have moved, those included that have no row.
begun as (

    select coalesce(max(begun_in), 0) as begun_in from resolved

)

select
    placed.identifier_key,
    coalesce(own.profile_key, origin.profile_key, placed.origin_key) as profile_key,
    placed.id_type,
    placed.id_value,
    placed.first_message_id is not null as is_said,
    coalesce(own.is_shared, false) as is_shared,
    placed.first_seen_at,
    placed.last_seen_at,
    placed.first_decided_at,
    placed.last_decided_at,
    greatest(
        placed.build_number,
        coalesce(own.build_number, 0),
        coalesce(origin.build_number, 0),
        begun.begun_in
    ) as build_number
from placed
left join resolved as own on placed.identifier_key = own.identifier_key
left join resolved as origin on placed.origin_key = origin.identifier_key
cross join begun
