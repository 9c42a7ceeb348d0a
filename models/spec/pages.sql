with

events as (

    select * from {{ ref('stg_events') }}
    where type = 'page'

)

select
    {{ homespun.spec_columns() }},
    coalesce(name, {{ homespun.json_text('properties', ['name']) }}) as name,
    {{ homespun.json_text('properties', ['category']) }} as category,
    {{ homespun.json_text('properties', ['path']) }} as path,
    {{ homespun.json_text('properties', ['referrer']) }} as referrer,
    {{ homespun.json_text('properties', ['search']) }} as search,
    {{ homespun.json_text('properties', ['title']) }} as title,
    {{ homespun.json_text('properties', ['url']) }} as url,
    {{ homespun.json_text('properties', ['keywords']) }} as keywords,
    received_at,
    sent_at,
    original_timestamp,
    timestamp
from events
