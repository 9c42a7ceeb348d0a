with

groups as (

    select * from {{ ref('groups') }}
    where group_id is not null

)

select
    group_id as id,
    {% for trait in homespun.account_traits() %}
    {{ homespun.latest(trait.name, ['timestamp', 'id']) }} as {{ trait.name }},
    {% endfor %}
    max(received_at) as received_at
from groups
group by 1
