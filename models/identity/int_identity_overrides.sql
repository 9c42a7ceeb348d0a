with

overrides as (

    {{ homespun.identity_overrides() }}

),

keyed as (

    select
        action,
        {{ homespun.identifier_key('id_type', 'id_value') }} as one_key,
        {{ homespun.identifier_key('other_id_type', 'other_id_value') }} as other_key,
        decided_at
    from overrides

),

identifiers as {{ homespun.inline() }} (

    select * from {{ ref('int_identifiers') }}
    where first_message_id is not null

),

paired as (

    select
        keyed.action,
        least(keyed.one_key, keyed.other_key) as left_key,
        greatest(keyed.one_key, keyed.other_key) as right_key,
        keyed.decided_at
    from keyed
    inner join identifiers as one on keyed.one_key = one.identifier_key
    inner join identifiers as other on keyed.other_key = other.identifier_key

)

select
    action,
    left_key,
    right_key,
    min(decided_at) as decided_at
from paired
where left_key != right_key
group by 1, 2, 3
