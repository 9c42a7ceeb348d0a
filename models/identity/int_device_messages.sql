{%- set rule = var('homespun_shared_device_rule') %}
{%- if rule not in ['nearest', 'previous', 'device'] %}
{{ exceptions.raise_compiler_error(
    "homespun_shared_device_rule must be nearest, previous or device, not '" ~ rule ~ "'"
) }}
{%- endif %}
{%- set window_ms = (var('homespun_shared_device_window_days') * 86400000) | int %}

with

shared as (

    select identifier_key from {{ ref('int_device_users') }}
    where user_id_count > 1 or email_count > 1

),

identifiers as (

    select * from {{ ref('int_identifiers') }}

),

-- Those that were the strongest identifier of a message: where there are none, none is read.
devices as (

    select shared.identifier_key
    from shared
    inner join identifiers on shared.identifier_key = identifiers.identifier_key
    where identifiers.first_decided_at is not null

),

message_identifiers as {{ homespun.inline() }} (

    select * from {{ ref('int_message_identifiers') }}
    where not is_gone

),

messages as (

    select
        message_identifiers.message_id,
        message_identifiers.identifier_key,
        message_identifiers.deciding_key,
        message_identifiers.is_deciding,
        not message_identifiers.is_deciding
        and message_identifiers.deciding_type in ('user_id', 'email') as is_identified,
        message_identifiers.timestamp
    from message_identifiers
    inner join devices on message_identifiers.identifier_key = devices.identifier_key

),

placed as (

    -- How many identified messages there were on the device up to this one.
    select
        *,
        sum(case when is_identified then 1 else 0 end) over (
            partition by identifier_key
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
        anonymous.identifier_key,
        anonymous.timestamp,
        previous.deciding_key as previous_key,
        following.deciding_key as following_key,
        {{ dbt.datediff('previous.timestamp', 'anonymous.timestamp', 'millisecond') -}} -- noqa: LT05
            as since_ms,
        {{ dbt.datediff('anonymous.timestamp', 'following.timestamp', 'millisecond') -}} -- noqa: LT05
            as until_ms
    from anonymous
    left join identified as previous
        on
            anonymous.identifier_key = previous.identifier_key
            and anonymous.place = previous.place
            and {{ "'" ~ rule ~ "'" }} != 'device'
    left join identified as following
        on
            anonymous.identifier_key = following.identifier_key
            and anonymous.place + 1 = following.place
            and {{ "'" ~ rule ~ "'" }} = 'nearest'

),

nearest as (

    -- Of two that are equally near, the one before: a person is more likely to stay than to come.
    select
        *,
        case
            when since_ms <= {{ window_ms }} and since_ms <= coalesce(until_ms, since_ms)
                then 'previous'
            when until_ms <= {{ window_ms }} then 'following'
            else 'none'
        end as choice
    from around

)

select
    message_id,
    case choice
        when 'previous' then previous_key
        when 'following' then following_key
        else identifier_key
    end as identifier_key,
    timestamp
from nearest
