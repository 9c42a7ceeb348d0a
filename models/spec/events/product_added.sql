with

events as (

    select * from {{ ref('stg_events') }}
    where type = 'track' and event_slug = 'product_added'

)

select
    {{ homespun.spec_columns() }},
    event_slug as event,
    event as event_text,
    {{ homespun.property('properties', ['cart_id']) }} as cart_id,
    {{ homespun.property('properties', ['product_id']) }} as product_id,
    {{ homespun.property('properties', ['sku']) }} as sku,
    {{ homespun.property('properties', ['category']) }} as category,
    {{ homespun.property('properties', ['name']) }} as name,
    {{ homespun.property('properties', ['brand']) }} as brand,
    {{ homespun.property('properties', ['variant']) }} as variant,
    {{ homespun.property('properties', ['price'], 'number') }} as price,
    {{ homespun.property('properties', ['quantity'], 'integer') }} as quantity,
    {{ homespun.property('properties', ['coupon']) }} as coupon,
    {{ homespun.property('properties', ['position'], 'integer') }} as position,
    {{ homespun.property('properties', ['url']) }} as url,
    {{ homespun.property('properties', ['image_url']) }} as image_url,
    received_at,
    sent_at,
    original_timestamp,
    timestamp
from events
