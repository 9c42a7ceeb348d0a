with

identifies as (

    select * from {{ ref('identifies') }}
    where user_id is not null

)

select
    user_id as id,
    {% for trait in homespun.user_traits() %}
    {{ homespun.latest(trait.name, ['timestamp', 'id']) }} as {{ trait.name }},
    {% endfor %}
    max(received_at) as received_at
from identifies
group by 1
