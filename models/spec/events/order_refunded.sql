with

events as (

    select * from {{ ref('stg_events') }}
    where type = 'track' and event_slug = 'order_refunded'

)

select
    {{ homespun.spec_columns() }},
    event_slug as event,
    event as event_text,
    {{ homespun.property('properties', ['order_id']) }} as order_id,
    {{ homespun.property('properties', ['total'], 'number') }} as total,
    {{ homespun.property('properties', ['revenue'], 'number') }} as revenue,
    {{ homespun.property('properties', ['tax'], 'number') }} as tax,
    {{ homespun.property('properties', ['currency']) }} as currency,
    {{ homespun.property('properties', ['products']) }} as products,
    received_at,
    sent_at,
    original_timestamp,
    timestamp
from events
