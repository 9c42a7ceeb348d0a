with

events as (

    select * from {{ ref('stg_events') }}
    where type = 'screen'

)

select
    {{ homespun.spec_columns() }},
    coalesce(name, {{ homespun.json_text('properties', ['name']) }}) as name,
    {{ homespun.json_text('properties', ['category']) }} as category,
    received_at,
    sent_at,
    original_timestamp,
    timestamp
from events
