with

events as (

    select * from {{ ref('stg_events') }}

),

blocked_identifiers as (

    select * from {{ ref(project_name, var('homespun_blocked_identifiers')) }}

),

said as (

    select
        message_id,
        'user_id' as id_type,
        1 as priority,
        trim(user_id) as id_value,
        timestamp
    from events

    union all

    -- The traits of a group call are the account's: its e-mail is nobody's identifier.
    select
        message_id,
        'email' as id_type,
        2 as priority,
        lower(trim(coalesce(
            case when type = 'identify' then {{ homespun.json_text('traits', ['email']) }} end,
            context_traits_email
        ))) as id_value,
        timestamp
    from events

    union all

    select
        message_id,
        'anonymous_id' as id_type,
        3 as priority,
        trim(anonymous_id) as id_value,
        timestamp
    from events
    {%- if var('homespun_alias_merges') %}

    union all

    -- An alias call's previousId is the anonymous id that the user was known by.
    select
        message_id,
        'anonymous_id' as id_type,
        3 as priority,
        trim(previous_id) as id_value,
        timestamp
    from events
    where type = 'alias'
    {%- endif %}

),

distinct_identifiers as (

    select
        id_type,
        id_value,
        lower(id_value) as lower_value
    from said
    where id_value != ''
    group by 1, 2

),

blocked as (

    select
        distinct_identifiers.id_type,
        distinct_identifiers.id_value
    from distinct_identifiers
    inner join blocked_identifiers
        on
            blocked_identifiers.id_type in ('*', distinct_identifiers.id_type)
            and case blocked_identifiers.match
                when 'exact' then distinct_identifiers.lower_value = blocked_identifiers.value
                else
                    {{ homespun.matches(
                        'distinct_identifiers.lower_value', 'blocked_identifiers.value'
                    ) }}
            end
    group by 1, 2

),

usable as (

    select
        said.message_id,
        said.id_type,
        said.id_value,
        min(said.priority) as priority,
        min(said.timestamp) as timestamp
    from said
    left join blocked
        on said.id_type = blocked.id_type and said.id_value = blocked.id_value
    where
        said.id_value != ''
        and blocked.id_value is null
        and (said.id_type != 'email' or said.id_value like '%_@_%')
    group by 1, 2, 3

)

select
    message_id,
    id_type,
    id_value,
    priority,
    timestamp,
    -- A message belongs to whom its deciding identifier names: the strongest that it carries.
    row_number() over (
        partition by message_id
        order by priority, id_value
    ) = 1 as is_deciding
from usable
