with

events as (

    select * from {{ ref('stg_events') }}
    where type = 'group'

)

select
    {{ homespun.spec_columns() }},
    group_id,
    {% for trait in homespun.account_traits() %}
    {{ homespun.property('traits', trait.path, trait.type) }} as {{ trait.name }},
    {% endfor %}
    received_at,
    sent_at,
    original_timestamp,
    timestamp
from events
