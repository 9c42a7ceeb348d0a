with

messages as (

    {{ homespun.new_events('track') }}

)

select
    {{ homespun.spec_columns() }},
    event_slug as event,
    event as event_text,
    {{ homespun.spec_times() }}
from messages
