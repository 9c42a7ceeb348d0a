with

overrides as (

    {{ homespun.identity_overrides() }}

),

identifiers as (

    select * from {{ ref('int_identifiers') }}
    where first_message_id is not null

),

numbered as (

    select
        overrides.action,
        least(one.identifier_number, other.identifier_number) as left_number,
        greatest(one.identifier_number, other.identifier_number) as right_number,
        overrides.decided_at
    from overrides
    inner join identifiers as one
        on overrides.id_type = one.id_type and overrides.id_value = one.id_value
    inner join identifiers as other
        on overrides.other_id_type = other.id_type and overrides.other_id_value = other.id_value

)

select
    action,
    left_number,
    right_number,
    min(decided_at) as decided_at
from numbered
where left_number != right_number
group by 1, 2, 3
