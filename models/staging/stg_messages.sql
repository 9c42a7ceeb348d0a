{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ homespun.forget_earlier_deliveries() }}",
    post_hook="{{ homespun.forget_earlier_deliveries() }}"
) }}
{%- set columns = homespun.context_columns() %}
{%- set paths = columns | map(attribute='sent_as') | list %}
{%- set typed_texts = [] %}
{%- set snake_paths = columns | map(attribute='path') | reject('in', paths) | list %}

with

deliveries as (

    select
        *,
        {{ homespun.message_key('message_id') }} as message_key,
        {{ homespun.message_key('payload') }} as payload_key,
        coalesce(
            received_at, sent_at, original_timestamp, timestamp,
            cast('9999-12-31' as {{ dbt.type_timestamp() }})
        ) as delivered_at,
        coalesce(source, '') as delivered_by
    from {{ source('raw', 'events') }}
    where {{ homespun.is_new() }}

),

repeated as (

    select message_key from deliveries
    group by 1
    having count(*) > 1

),

numbered as (

    -- Which of several deliveries of a message was received first: where the times are equal, or
    -- missing, the text decides, so that the answer does not depend on the order of loading.
    select
        deliveries.*,
        row_number() over (
            partition by deliveries.message_key
            order by
                deliveries.delivered_at,
                deliveries.payload_key,
                deliveries.delivered_by,
                deliveries.loaded_at
        ) as delivery
    from deliveries
    inner join repeated on deliveries.message_key = repeated.message_key

),

first_received as (

    -- Only what is repeated is sorted: all messages with their payloads would not fit in memory.
    select
        deliveries.*,
        1 as delivery
    from deliveries
    left join repeated on deliveries.message_key = repeated.message_key
    where repeated.message_key is null

    union all

    select * from numbered
    where delivery = 1

),

{% if is_incremental() -%}
known as (

    select
        message_key,
        delivered_at,
        payload_key,
        coalesce(source, '') as delivered_by
    from {{ this }}

),

changed as {{ homespun.kept() }} (

    -- A day's messages lie in one block of their table: kept, all threads take their part of them.
    select
        first_received.*,
        known.message_key is not null as is_revision
    from first_received
    left join known on first_received.message_key = known.message_key
    where
        known.message_key is null
        or (first_received.delivered_at, first_received.payload_key, first_received.delivered_by)
        < (known.delivered_at, known.payload_key, known.delivered_by)

),
{%- else -%}
changed as (

    select
        *,
        false as is_revision
    from first_received

),
{%- endif %}

parsed as (

    select
        *,
        {{ homespun.json_values(homespun.try_json('payload'), [
            ['context'], ['context', 'traits'], ['properties'], ['traits'], ['integrations'],
        ]) }} as parts
    from changed

),

opened as (

    select
        *,
        parts[1] as context,
        parts[2] as known_traits,
        parts[3] as properties,
        parts[4] as said_traits,
        parts[5] as integrations,
        coalesce(original_timestamp, timestamp) as happened_at,
        coalesce(received_at, sent_at, original_timestamp, timestamp, loaded_at) as arrived_at
    from parsed

),

corrected as (

    select
        *,
        case
            when sent_at is null then happened_at
            else arrived_at - (sent_at - happened_at)
        end as corrected_timestamp
    from opened

),

timed as (

    -- What happened before computers did, or a day after it was received, says nothing.
    select
        *,
        coalesce(
            corrected_timestamp >= timestamp '1970-01-01 00:00:00'
            and corrected_timestamp <= {{ dbt.dateadd('day', 1, 'arrived_at') }},
            false
        ) as is_credible
    from corrected

),

read as (

    select
        *,
        {{ homespun.json_texts('context', paths) }} as texts,
        {{ homespun.json_texts('context', snake_paths) }} as snake_texts
    from timed

)

select
    message_key,
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
    {%- for column in columns %}
    {%- set text = 'texts[' ~ loop.index ~ ']' %}
    {%- if column.path in snake_paths %}
    {%- set position = snake_paths.index(column.path) + 1 %}
    {%- set text = 'coalesce(' ~ text ~ ', snake_texts[' ~ position ~ '])' %}
    {%- endif %}
    {{ homespun.cast_text(text, column.type) }} as {{ column.name }},
    {%- if column.type != 'string' %}
    {%- do typed_texts.append({'text': text, 'type': column.type}) %}
    {%- endif %}
    {%- endfor %}
    context,
    properties,
    -- What the client knew of the user counts as said by an identify call; what the call says wins.
    -- The linter does not know DuckDB's lambdas.
    case -- noqa: PRS, LT02
        when type = 'identify' and {{ homespun.is_json_object('known_traits') }}
            then
                case
                    when {{ homespun.is_json_object('said_traits') }}
                        then {{ homespun.json_merge(
                            homespun.json_unsaid('known_traits', 'said_traits'), 'said_traits'
                        ) }}
                    else known_traits
                end
        else said_traits
    end as traits,
    integrations,
    payload_key,
    is_revision,
    {%- for typed in typed_texts %}
    {{ 'or ' if not loop.first -}}
    ({{ typed.text }} is not null and {{ homespun.cast_text(typed.text, typed.type) }} is null)
    {%- endfor %} as has_context_misfit,
    sent_at,
    happened_at as original_timestamp,
    arrived_at as received_at,
    case when is_credible then corrected_timestamp else arrived_at end as timestamp,
    case
        when not is_credible then 'received_at'
        when sent_at is null then 'original_timestamp'
        else 'corrected'
    end as timestamp_source,
    arrived_at > {{ dbt.dateadd('day', 1, 'loaded_at') }} as is_from_the_future,
    delivered_at,
    loaded_at
from read
