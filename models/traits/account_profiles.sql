with

events as (

    select * from {{ ref('profile_events') }}
    where event = '$group'

)

select
    group_id as account_id,
    profile_id,
    min(timestamp) as first_seen_at,
    max(timestamp) as last_seen_at
from events
where group_id is not null
group by 1, 2
