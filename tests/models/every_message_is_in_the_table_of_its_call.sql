{{ config(enabled=(project_name == 'homespun')) }}

with

spec as (

    {% for table in ['aliases', 'groups', 'identifies', 'pages', 'screens', 'tracks'] %}
    select id from {{ ref(table) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

events as (

    select * from {{ ref('stg_events') }}

)

select
    events.message_id,
    count(spec.id) as row_count
from events
left join spec on events.message_id = spec.id
group by 1
having count(spec.id) != 1
