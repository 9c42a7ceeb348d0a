with

events as (

    select * from {{ source('raw', 'events') }}

),

numbered as (

    -- Which of several messages with one id was received first: where the times are equal, or
    -- missing, the text decides, so that the answer does not depend on the order of loading.
    select
        *,
        row_number() over (
            partition by message_id
            order by coalesce(received_at, sent_at, original_timestamp, timestamp), payload
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
        case
            when original_timestamp is null then received_at
            when sent_at is null then original_timestamp
            else received_at - (sent_at - original_timestamp)
        end as timestamp,
        case
            when original_timestamp is null then 'received_at'
            when sent_at is null then 'original_timestamp'
            else 'corrected'
        end as timestamp_source,
        loaded_at
    from opened

)

select * from corrected
