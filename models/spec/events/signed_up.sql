with

events as (

    select * from {{ ref('stg_events') }}
    where type = 'track' and event_slug = 'signed_up'

)

select
    {{ homespun.spec_columns() }},
    event_slug as event,
    event as event_text,
    {{ homespun.property('properties', ['type']) }} as type,
    {{ homespun.property('properties', ['first_name']) }} as first_name,
    {{ homespun.property('properties', ['last_name']) }} as last_name,
    {{ homespun.property('properties', ['email']) }} as email,
    {{ homespun.property('properties', ['phone']) }} as phone,
    {{ homespun.property('properties', ['username']) }} as username,
    {{ homespun.property('properties', ['title']) }} as title,
    received_at,
    sent_at,
    original_timestamp,
    timestamp
from events
