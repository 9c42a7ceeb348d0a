{#
    Append to audience_changes that the members of audiences that are no models any more exited, and to
    audience_builds that nobody is left: the hook of audience_builds. An audience that was renamed is one
    that was removed and another that is new.
#}
{% macro record_removed_audiences() -%}
{%- set changes = ref('homespun', 'audience_changes') -%}
{%- set as_of = ref('homespun', 'as_of') -%}
{% if execute %}
{%- set number = (run_started_at.timestamp() * 1000000) | int -%}
{%- set names = [] -%}
{%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
    {%- do names.append(homespun.quoted(node.alias)) -%}
{%- endfor -%}
insert into {{ changes }} (audience, profile_id, change, reason, build_number, changed_at)
select
    members.audience,
    members.profile_id,
    'exited' as change,
    'definition_change' as reason,
    {{ number }} as build_number,
    as_of.as_of as changed_at
from (
    select audience, profile_id
    from {{ changes }}
    where audience not in ({{ names | join(', ') }})
    group by 1, 2
    having sum(case when change = 'entered' then 1 else -1 end) > 0
) as members
cross join {{ as_of }} as as_of;

insert into {{ this }} (audience, build_number, member_count, as_of)
select audience, build_number, 0 as member_count, max(changed_at) as as_of
from {{ changes }}
where build_number = {{ number }} and audience not in ({{ names | join(', ') }})
group by 1, 2
{% endif %}
{%- endmacro %}
