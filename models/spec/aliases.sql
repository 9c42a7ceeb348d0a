with

messages as (

    select * from {{ ref('stg_events') }}
    where type = 'alias' and {{ homespun.is_new() }}

)

select
    {{ homespun.spec_columns() }},
    previous_id,
    {{ homespun.spec_times() }}
from messages
