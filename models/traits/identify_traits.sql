with

identifies as (

    select * from {{ ref('identifies') }}

),

message_profiles as (

    select * from {{ ref('message_profiles') }}

),

as_of as (

    select * from {{ ref('as_of') }}

),

said as (

    select
        message_profiles.profile_id,
        identifies.*,
        row_number() over (
            partition by message_profiles.profile_id order by identifies.timestamp, identifies.id
        ) as _call_number
    from identifies
    inner join message_profiles on identifies.id = message_profiles.message_id
    inner join as_of on identifies.timestamp <= as_of.as_of

)

-- The e-mail is left out: the profile has it, normalised, as an identifier.
select
    profile_id,
    {% for trait in homespun.user_traits() | rejectattr('name', 'eq', 'email') %}
    {{ homespun.latest(trait.name, ['_call_number']) }} as {{ trait.name }},
    {% endfor %}
    max(timestamp) as last_identified_at
from said
group by 1
