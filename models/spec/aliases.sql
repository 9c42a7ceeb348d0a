with

messages as (

    {{ homespun.new_events('alias') }}

)

select
    {{ homespun.spec_columns() }},
    previous_id,
    {{ homespun.spec_times() }}
from messages
