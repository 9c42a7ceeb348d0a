with

overrides as (

    {{ homespun.identity_overrides() }}

),

identifiers as (

    select * from {{ ref('int_identifiers') }}
    where first_message_id is not null

),

paired as (

    select
        overrides.action,
        least(one.identifier_key, other.identifier_key) as left_key,
        greatest(one.identifier_key, other.identifier_key) as right_key,
        overrides.decided_at
    from overrides
    inner join identifiers as one
        on overrides.id_type = one.id_type and overrides.id_value = one.id_value
    inner join identifiers as other
        on overrides.other_id_type = other.id_type and overrides.other_id_value = other.id_value

)

select
    action,
    left_key,
    right_key,
    min(decided_at) as decided_at
from paired
where left_key != right_key
group by 1, 2, 3
