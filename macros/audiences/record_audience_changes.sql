{#
    Append to audience_changes what changed in the audience just built and why, and to audience_builds
    that it was built: the hook of every audience.

    A profile is known as a member when it entered once more than it exited, so the order of rows never
    matters, and a hook that was lost is made good by the next build.
#}
{% macro record_audience_changes() -%}
{%- set history = [
    'audience_changes', 'audience_builds', 'audience_memberships', 'audience_sizes', 'audience_overlaps'
] -%}
{% if this.identifier not in history %}
{%- set changes = ref('homespun', 'audience_changes') -%}
{%- set builds = ref('homespun', 'audience_builds') -%}
{%- set events = ref('homespun', 'int_owner_events') -%}
{%- set device_messages = ref('homespun', 'int_device_messages') -%}
{%- set owners = ref('homespun', 'int_owners') -%}
{%- set merges = ref('homespun', 'profile_merges') -%}
{%- set profiles = ref('homespun', 'profiles') -%}
{%- set as_of = ref('homespun', 'as_of') -%}
{%- set account_profiles = (
    ref('homespun', 'account_profiles') if 'account_id' in model.raw_code else none
) -%}
{% if execute %}
{%- set audience = homespun.quoted(this.identifier) -%}
{%- set key = homespun.member_key(this) if account_profiles else 'profile_id' -%}
{%- set of_accounts = key == 'account_id' -%}
{%- set number = (run_started_at.timestamp() * 1000000) | int -%}
{%- set code = model.compiled_code or model.raw_code -%}
{%- set definition = local_md5(code) -%}
{%- set concerned = homespun.concerns(code) -%}
{%- set previous = homespun.previous_build(builds, this.identifier) -%}
insert into {{ changes }} (audience, profile_id, change, reason, build_number, changed_at)
with

known as (

    select profile_id
    from {{ changes }}
    where audience = {{ audience }}
    group by 1
    having sum(case when change = 'entered' then 1 else -1 end) > 0

),

members as (

    select {{ key }} as profile_id
    from {{ this }}
    where {{ key }} is not null
    group by 1

),

compared as {{ homespun.kept() }} (

    select
        coalesce(members.profile_id, known.profile_id) as profile_id,
        case when known.profile_id is null then 'entered' else 'exited' end as change
    from members
    full outer join known on members.profile_id = known.profile_id
    where members.profile_id is null or known.profile_id is null

),

{% if previous and previous.definition == definition -%}
since as (

    select
        message_id,
        owner_key,
        event in ('$identify', '$group') as is_about_traits,
        {{ concerned }} as concerns_audience,
        timestamp > {{ previous.as_of }} as is_new
    from {{ events }}
    where loaded_at > {{ previous.loaded_until }}

),

happened as (

    select
        {{ 'accounts.account_id as profile_id' if of_accounts else 'owners.profile_id' }},
        max(case when concerns_audience and is_new and not is_about_traits then 1 end) as has_new,
        max(case when concerns_audience and not is_new and not is_about_traits then 1 end)
            as has_late,
        max(case when is_about_traits then 1 end) as has_traits
    from since
    left join {{ device_messages }} as device_messages
        on since.message_id = device_messages.message_id
    inner join {{ owners }} as owners
        on coalesce(device_messages.identifier_key, since.owner_key) = owners.owner_key
    {%- if of_accounts %}
    inner join {{ account_profiles }} as accounts on owners.profile_id = accounts.profile_id
    inner join compared on accounts.account_id = compared.profile_id
    {%- else %}
    inner join compared on owners.profile_id = compared.profile_id
    {%- endif %}
    group by 1

),

merged as (

    select {{ 'accounts.account_id as profile_id' if of_accounts else 'merges.profile_id' }}
    from {{ merges }} as merges
    inner join since on merges.message_id = since.message_id
    {%- if of_accounts %}
    inner join {{ account_profiles }} as accounts on merges.profile_id = accounts.profile_id
    {%- endif %}
    group by 1

),

reasons as (

    select
        compared.profile_id,
        compared.change,
        case
            {%- if not of_accounts %}
            when profiles.profile_id is null then 'merge'
            {%- endif %}
            when happened.has_new = 1 then 'new_event'
            when merged.profile_id is not null then 'merge'
            when happened.has_late = 1 then 'late_event'
            {%- if concerned == 'true' or '/* edge' not in code %}
            when happened.has_traits = 1 then 'trait_change'
            {%- endif %}
            when as_of.as_of != {{ previous.as_of }} then 'aged'
            else 'trait_change'
        end as reason
    from compared
    cross join {{ as_of }} as as_of
    left join {{ profiles }} as profiles on compared.profile_id = profiles.profile_id
    left join happened on compared.profile_id = happened.profile_id
    left join merged on compared.profile_id = merged.profile_id

)
{%- else -%}
reasons as (

    select
        profile_id,
        change,
        'definition_change' as reason
    from compared

)
{%- endif %}

select
    {{ audience }} as audience,
    reasons.profile_id,
    reasons.change,
    reasons.reason,
    {{ number }} as build_number,
    as_of.as_of as changed_at
from reasons
cross join {{ as_of }} as as_of;

insert into {{ builds }} (audience, definition, build_number, member_count, as_of, loaded_until)
select
    {{ audience }} as audience,
    '{{ definition }}' as definition,
    {{ number }} as build_number,
    (select count(distinct {{ key }}) from {{ this }}) as member_count,
    as_of.as_of,
    (select max(loaded_at) from {{ events }}) as loaded_until
from {{ as_of }} as as_of
{% endif %}
{% endif %}
{%- endmacro %}
