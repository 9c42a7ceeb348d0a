with

events as (

    select * from {{ ref('stg_events') }}
    where type = 'identify'

)

select
    {{ homespun.spec_columns() }},
    {% for trait in homespun.user_traits() %}
    {{ homespun.user_trait(trait) }} as {{ trait.name }},
    {% endfor %}
    received_at,
    sent_at,
    original_timestamp,
    timestamp
from events
