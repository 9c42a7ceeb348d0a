with

events as (

    select * from {{ ref('stg_events') }}

),

latest as (

    select max(received_at) as received_at from events

)

select coalesce({{ homespun.as_of_var() }}, received_at) as as_of
from latest
