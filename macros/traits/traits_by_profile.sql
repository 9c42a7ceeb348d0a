{#
    What by_profile makes of a select of nothing but traits. They are computed in families that read the
    same events. A family with windows reads no further back than they reach, for all profiles. One
    without reads what was loaded since, and merges it with what is kept; where its traits can't be
    merged, it is made anew for the profiles that did something of its kind.

    What a profile did since is what was loaded since: that is checked by counting, and by the
    fingerprints of its events. Where it does not come out even, after a merge or when an older event
    was taken back, all that the profile has is made anew; what is merged also where an event is late.
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
        sum(fingerprint) as fingerprint,
        min(timestamp) as first_at
    from {{ events }}
    where loaded_at > {{ kept }}
    group by 1

),

explained as (

    select
        states.profile_id,
        {%- for family in families if not family.since %}
        coalesce(added.has_{{ family.name }}, 0) as has_{{ family.name }},
        {%- endfor %}
        known.profile_id is not null as is_known,
        coalesce(
            coalesce(known.state_count, 0) + coalesce(added.event_count, 0) = states.event_count
            and coalesce(known.state_fingerprint, 0) + coalesce(added.fingerprint, 0)
            = states.fingerprint,
            false
        ) as is_explained,
        coalesce(added.first_at <= known.state_last_at, false) as is_late
    from states
    left join known on states.profile_id = known.profile_id
    left join added on states.profile_id = added.profile_id

),

compared as (

    select
        *,
        is_known and is_explained as is_kept,
        is_late or not is_explained as is_made_anew
    from explained

),

made_anew as (

    select profile_id from compared
    where is_made_anew

),

{% for family in families if not family.since and not family.merges -%}
stale_{{ family.name }} as (

    select profile_id from compared
    where has_{{ family.name }} = 1 or not is_kept

),

{% endfor -%}
{%- endif -%}

{%- for family in families -%}
{%- set is_merged = kept and family.merges -%}
{% if is_merged -%}
read_by_{{ family.name }} as (

    select * from {{ events }}
    where
        {{ family.condition }}
        and loaded_at > {{ kept }}
        and profile_id not in (select profile_id from made_anew)

    union all

    select * from {{ lookup }}
    where
        {{ family.condition }}
        and profile_id in (select profile_id from made_anew)

),

{% endif -%}
{{ family.name }} as (

    select
        profile_id
        {%- for column in family.columns %},
        {{ column.value.code }} as {{ column.value.name }}
        {%- endfor %}
    {%- if is_merged %}
    from read_by_{{ family.name }}
    {%- elif kept and not family.since %}
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
        {{ column.value.code }} as {{ column.value.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ events }}
    where 1 = 0

),

{% endfor -%}

computed as (

    select
        states.profile_id,
        {%- for column in columns %}
        {%- set value, family = column.value, column.family %}
        case
            {%- if kept and column.merges %}
            when compared.is_kept and not compared.is_made_anew and {{ family }}.profile_id is not null
                then {{ homespun.merged(value.merge, 'known.' ~ value.name, family ~ '.' ~ value.name) }}
            when compared.is_kept and not compared.is_made_anew then known.{{ value.name }}
            {%- elif kept and not column.since %}
            when compared.is_kept and compared.has_{{ family }} = 0 then known.{{ value.name }}
            {%- endif %}
            when {{ family }}.profile_id is null then no_{{ family }}.{{ value.name }}
            else {{ family }}.{{ value.name }}
        end as {{ value.name }},
        {%- endfor %}
        states.event_count as state_count,
        states.fingerprint as state_fingerprint,
        states.last_at as state_last_at,
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

)

select
    profile_id,
    {%- for column in columns %}
    {{ column.finish | replace('$part', column.value.name) if column.part else column.name }} as {{ column.name }},
    {%- endfor %}
    {%- for column in columns if column.part %}
    {{ column.value.name }},
    {%- endfor %}
    '{{ version }}' as made_by,
    state_count,
    state_fingerprint,
    state_last_at,
    loaded_at
from computed
{%- endmacro %}
