{#
    What by_profile makes of a select of nothing but traits. They are computed in families that read the
    same events. A family with windows reads no further back than they reach, for all profiles. One
    without is made anew for the profiles that did something of its kind, and kept for the others.

    What a profile did since is what was loaded since: that is checked by counting, and by the
    fingerprints of its events. Where it does not come out even, after a merge or when an older event
    was taken back, all that the profile has is made anew.
#}
{% macro traits_by_profile(columns, version, kept) -%}
    {%- set events = ref('homespun', 'profile_events') -%}
    {%- if kept -%}
        {%- set lookup = ref('homespun', 'int_profile_lookup') -%}
    {%- endif -%}
    {%- set families = homespun.trait_families(columns) -%}
with

states as (

    select * from {{ ref('homespun', 'int_profile_states') }}

),

{% if kept -%}
known as (

    select * from {{ this }}

),

added as (

    select
        profile_id,
        {%- for family in families if not family.since %}
        max(case when {{ family.condition }} then 1 else 0 end) as has_{{ family.name }},
        {%- endfor %}
        count(*) as event_count,
        sum(fingerprint) as fingerprint
    from {{ events }}
    where loaded_at > {{ kept }}
    group by 1

),

compared as (

    select
        states.profile_id,
        {%- for family in families if not family.since %}
        coalesce(added.has_{{ family.name }}, 0) as has_{{ family.name }},
        {%- endfor %}
        coalesce(
            known.state_count + coalesce(added.event_count, 0) = states.event_count
            and known.state_fingerprint + coalesce(added.fingerprint, 0) = states.fingerprint,
            false
        ) as is_explained
    from states
    left join known on states.profile_id = known.profile_id
    left join added on states.profile_id = added.profile_id

),

{% for family in families if not family.since -%}
stale_{{ family.name }} as (

    select profile_id from compared
    where has_{{ family.name }} = 1 or not is_explained

),

{% endfor -%}
{%- endif -%}

{%- for family in families -%}
{{ family.name }} as (

    select
        profile_id
        {%- for column in family.columns %},
        {{ column.code }} as {{ column.name }}
        {%- endfor %}
    {%- if kept and not family.since %}
    from {{ lookup }}
    where
        {{ family.condition }}
        and profile_id in (select profile_id from stale_{{ family.name }})
    {%- else %}
    from {{ events }}
    where {{ family.condition }}
    {%- endif %}
    group by 1

),

no_{{ family.name }} as (

    -- What the traits of a profile without such events are.
    select
        {%- for column in family.columns %}
        {{ column.code }} as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ events }}
    where 1 = 0

){{ ',' if not loop.last }}

{% endfor -%}

select
    states.profile_id,
    {%- for column in columns %}
    case
        {%- if kept and not column.since %}
        when compared.is_explained and compared.has_{{ column.family }} = 0 then known.{{ column.name }}
        {%- endif %}
        when {{ column.family }}.profile_id is null then no_{{ column.family }}.{{ column.name }}
        else {{ column.family }}.{{ column.name }}
    end as {{ column.name }},
    {%- endfor %}
    '{{ version }}' as made_by,
    states.event_count as state_count,
    states.fingerprint as state_fingerprint,
    states.loaded_at
from states
{%- for family in families %}
left join {{ family.name }} on states.profile_id = {{ family.name }}.profile_id
cross join no_{{ family.name }}
{%- endfor %}
{%- if kept %}
left join known on states.profile_id = known.profile_id
left join compared on states.profile_id = compared.profile_id
{%- endif %}
{%- endmacro %}
