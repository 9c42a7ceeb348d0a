{%- set rule = var('homespun_shared_device_rule') %}
{%- if rule not in ['nearest', 'previous', 'device'] %}
{{ exceptions.raise_compiler_error(
    "homespun_shared_device_rule must be nearest, previous or device, not '" ~ rule ~ "'"
) }}
{%- endif %}
{%- set window_ms = (var('homespun_shared_device_window_days') * 86400000) | int %}

with

devices as (

    select identifier_number from {{ ref('int_device_users') }}
    where (user_id_count > 1 or email_count > 1) and {{ "'" ~ rule ~ "'" }} != 'device'

),

device_names as (

    select
        identifiers.id_type,
        identifiers.id_value
    from {{ ref('int_identifiers') }} as identifiers
    inner join devices on identifiers.identifier_number = devices.identifier_number

),

messages as (

    select
        message_identifiers.*,
        not message_identifiers.is_deciding
        and message_identifiers.deciding_type in ('user_id', 'email') as is_identified
    from {{ ref('int_message_identifiers') }} as message_identifiers
    inner join device_names
        on
            message_identifiers.id_type = device_names.id_type
            and message_identifiers.id_value = device_names.id_value
    where not message_identifiers.is_gone

),

placed as (

    -- How many identified messages there were on the device up to this one.
    select
        *,
        sum(case when is_identified then 1 else 0 end) over (
            partition by id_type, id_value
            order by timestamp, message_id
            rows between unbounded preceding and current row
        ) as place
    from messages
    where is_identified or is_deciding

),

anonymous as (

    select * from placed
    where is_deciding

),

identified as (

    select * from placed
    where is_identified

),

around as (

    select
        anonymous.message_id,
        anonymous.id_type,
        anonymous.id_value,
        anonymous.timestamp,
        previous.deciding_type as previous_type,
        previous.deciding_value as previous_value,
        following.deciding_type as following_type,
        following.deciding_value as following_value,
        {{ dbt.datediff('previous.timestamp', 'anonymous.timestamp', 'millisecond') }} as since_ms,
        {{ dbt.datediff('anonymous.timestamp', 'following.timestamp', 'millisecond') }} as until_ms
    from anonymous
    left join identified as previous
        on
            anonymous.id_type = previous.id_type
            and anonymous.id_value = previous.id_value
            and anonymous.place = previous.place
    left join identified as following
        on
            anonymous.id_type = following.id_type
            and anonymous.id_value = following.id_value
            and anonymous.place + 1 = following.place

),

nearest as (

    -- Of two that are equally near, the one before: a person is more likely to stay than to come.
    select
        *,
        case
            when since_ms <= {{ window_ms }}
                {%- if rule == 'nearest' %} and since_ms <= coalesce(until_ms, since_ms){% endif %}
                then 'previous'
            {%- if rule == 'nearest' %}
            when until_ms <= {{ window_ms }} then 'following'
            {%- endif %}
            else 'none'
        end as choice
    from around

)

select
    message_id,
    case choice
        when 'previous' then previous_type
        when 'following' then following_type
        else id_type
    end as id_type,
    case choice
        when 'previous' then previous_value
        when 'following' then following_value
        else id_value
    end as id_value,
    timestamp
from nearest
