with

events as (

    select * from {{ source('raw', 'events') }}

),

numbered as (

    -- Which of several messages with one id was received first: where the times are equal, or
    -- missing, the text decides, then the source, so that the order of loading does not.
    select
        *,
        row_number() over (
            partition by message_id
            order by
                coalesce(received_at, sent_at, original_timestamp, timestamp),
                payload,
                source,
                loaded_at
        ) as delivery
    from events

),

first_received as (

    select * from numbered
    where delivery = 1

),

parsed as (

    select
        *,
        {{ homespun.try_json('payload') }} as message
    from first_received

),

opened as (

    select
        message_id,
        type,
        event,
        name,
        user_id,
        anonymous_id,
        group_id,
        previous_id,
        source,
        {{ homespun.json_path('message', ['context']) }} as context,
        {{ homespun.json_path('message', ['properties']) }} as properties,
        {{ homespun.json_path('message', ['traits']) }} as traits,
        {{ homespun.json_path('message', ['integrations']) }} as integrations,
        sent_at,
        coalesce(original_timestamp, timestamp) as original_timestamp,
        coalesce(received_at, sent_at, original_timestamp, timestamp, loaded_at) as received_at,
        loaded_at
    from parsed

),

corrected as (

    select
        *,
        case
            when sent_at is null then original_timestamp
            else received_at - (sent_at - original_timestamp)
        end as corrected_timestamp
    from opened

),

judged as (

    -- What happened before computers did, or a day after it was received, says nothing.
    select
        *,
        corrected_timestamp >= timestamp '1970-01-01 00:00:00'
        and corrected_timestamp <= {{ dbt.dateadd('day', 1, 'received_at') }} as is_credible
    from corrected

),

timed as (

    select
        message_id,
        type,
        event,
        {{ homespun.snake_case('event') }} as event_slug,
        name,
        user_id,
        anonymous_id,
        group_id,
        previous_id,
        source,
        {% for column in homespun.context_columns() %}
        {{ homespun.property('context', column.path, column.type) }} as {{ column.name }},
        {% endfor %}
        context,
        properties,
        traits,
        integrations,
        sent_at,
        original_timestamp,
        received_at,
        case when is_credible then corrected_timestamp else received_at end as timestamp,
        case
            when is_credible and sent_at is null then 'original_timestamp'
            when is_credible then 'corrected'
            else 'received_at'
        end as timestamp_source,
        received_at > {{ dbt.dateadd('day', 1, 'loaded_at') }} as is_from_the_future,
        loaded_at
    from judged

)

select * from timed
