{#
    Append to audience_changes what changed in the audience just built: the hook of every audience.

    A profile is known as a member when it entered once more than it exited, so the order of rows never
    matters, and a hook that was lost is made good by the next build.
#}
{% macro record_audience_changes() -%}
{% if this.identifier != 'audience_changes' %}
insert into {{ ref('homespun', 'audience_changes') }} (audience, profile_id, change, changed_at)
with

known as (

    select profile_id
    from {{ ref('homespun', 'audience_changes') }}
    where audience = '{{ this.identifier }}'
    group by 1
    having sum(case when change = 'entered' then 1 else -1 end) > 0

),

members as (

    select profile_id
    from {{ this }}
    where profile_id is not null
    group by 1

),

compared as (

    select
        coalesce(members.profile_id, known.profile_id) as profile_id,
        case when known.profile_id is null then 'entered' else 'exited' end as change
    from members
    full outer join known on members.profile_id = known.profile_id
    where members.profile_id is null or known.profile_id is null

)

select
    '{{ this.identifier }}' as audience,
    compared.profile_id,
    compared.change,
    as_of.as_of as changed_at
from compared
cross join {{ ref('homespun', 'as_of') }} as as_of
{% endif %}
{%- endmacro %}
