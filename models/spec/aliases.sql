with

events as (

    select * from {{ ref('stg_events') }}
    where type = 'alias'

)

select
    {{ homespun.spec_columns() }},
    previous_id,
    received_at,
    sent_at,
    original_timestamp,
    timestamp
from events
