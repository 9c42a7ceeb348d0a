{{ config(enabled=(project_name == 'homespun')) }}

with

members as (

    {% for audience in [
        'cart_abandoners', 'high_value', 'lapsing', 'newly_signed_up', 'repeat_buyers'
    ] %}
    select
        '{{ audience }}' as audience,
        profile_id
    from {{ ref(audience) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

net as (

    select
        audience,
        profile_id,
        sum(case when change = 'entered' then 1 else -1 end) as entered
    from {{ ref('audience_changes') }}
    group by 1, 2

)

select
    coalesce(members.audience, net.audience) as audience,
    coalesce(members.profile_id, net.profile_id) as profile_id,
    net.entered
from members
full outer join net
    on members.audience = net.audience and members.profile_id = net.profile_id
where coalesce(net.entered, 0) != case when members.profile_id is null then 0 else 1 end
