{{ config(enabled=(project_name == 'homespun')) }}

{% set names = [
    'cart_abandoners', 'high_value', 'lapsing', 'newly_signed_up', 'repeat_buyers'
] %}

with

audiences as (

    {% for name in names %}
    select '{{ name }}' as audience
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

members as (

    {% for name in names %}
    select
        '{{ name }}' as audience,
        profile_id
    from {{ ref(name) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

audience_changes as (

    select * from {{ ref('audience_changes') }}

),

net as (

    select
        audience_changes.audience,
        audience_changes.profile_id,
        sum(case when audience_changes.change = 'entered' then 1 else -1 end) as entered
    from audience_changes
    inner join audiences on audience_changes.audience = audiences.audience
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
