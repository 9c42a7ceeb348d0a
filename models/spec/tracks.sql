with

events as (

    select * from {{ ref('stg_events') }}
    where type = 'track'

)

select
    {{ homespun.spec_columns() }},
    event_slug as event,
    event as event_text,
    received_at,
    sent_at,
    original_timestamp,
    timestamp
from events
