with

events as (

    select * from {{ ref('stg_events') }}

),

latest as (

    -- One wrong clock must not empty every window; where all are wrong, they are in order at least.
    select
        coalesce(
            max(case when not is_from_the_future then received_at end), max(received_at)
        ) as received_at
    from events

)

select coalesce({{ homespun.as_of_var() }}, received_at) as as_of
from latest
