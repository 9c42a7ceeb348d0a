with

events as (

    select * from {{ ref('profile_events') }}

)

select
    profile_id,
    count(*) as event_count,
    cast(sum(fingerprint) as {{ dbt.type_string() }}) as fingerprint,
    max(as_of) as as_of
from events
group by 1
