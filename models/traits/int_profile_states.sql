with

events as (

    select * from {{ ref('profile_events') }}

)

select
    profile_id,
    count(*) as event_count,
    cast(sum(fingerprint) as decimal(38, 0)) as fingerprint,
    max(timestamp) as last_at,
    max(loaded_at) as loaded_at,
    max(as_of) as as_of
from events
group by 1
