with

messages as (

    select * from {{ ref('stg_events') }}
    where type = 'track' and {{ homespun.is_new() }}

)

select
    {{ homespun.spec_columns() }},
    event_slug as event,
    event as event_text,
    {{ homespun.spec_times() }}
from messages
