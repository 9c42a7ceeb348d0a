with

events as (

    select * from {{ ref('stg_events') }}
    where type = 'track' and event_slug = 'checkout_started'

)

select
    {{ homespun.spec_columns() }},
    event_slug as event,
    event as event_text,
    {{ homespun.property('properties', ['checkout_id']) }} as checkout_id,
    {{ homespun.property('properties', ['order_id']) }} as order_id,
    {{ homespun.property('properties', ['affiliation']) }} as affiliation,
    {{ homespun.property('properties', ['value'], 'number') }} as value,
    {{ homespun.property('properties', ['subtotal'], 'number') }} as subtotal,
    {{ homespun.property('properties', ['total'], 'number') }} as total,
    {{ homespun.property('properties', ['revenue'], 'number') }} as revenue,
    {{ homespun.property('properties', ['shipping'], 'number') }} as shipping,
    {{ homespun.property('properties', ['tax'], 'number') }} as tax,
    {{ homespun.property('properties', ['discount'], 'number') }} as discount,
    {{ homespun.property('properties', ['coupon']) }} as coupon,
    {{ homespun.property('properties', ['currency']) }} as currency,
    {{ homespun.property('properties', ['products']) }} as products,
    received_at,
    sent_at,
    original_timestamp,
    timestamp
from events
