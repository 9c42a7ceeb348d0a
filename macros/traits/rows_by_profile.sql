{#
    What by_profile makes of a select of any kind: the rows of a profile are made anew when its events
    changed, or when as_of left the time between valid_from and valid_until, in which no window takes
    anything in or leaves it out.
#}
{% macro rows_by_profile(select_sql, version, kept) -%}
    {%- set edges = [] -%}
    {%- for number, unit in modules.re.findall('/[*] edge ([0-9]+) ([a-z]+) [*]/', select_sql) -%}
        {%- if (number, unit) not in edges -%}
            {%- do edges.append((number, unit)) -%}
        {%- endif -%}
    {%- endfor -%}
with

states as (

    select * from {{ ref('homespun', 'int_profile_states') }}

),

{% if kept -%}
known as (

    select * from {{ this }}

),

unchanged as (

    select known.profile_id
    from known
    inner join states on known.profile_id = states.profile_id
    where
        known.state_count = states.event_count
        and known.state_fingerprint = states.fingerprint
        and known.valid_from <= states.as_of
        and known.valid_until > states.as_of
    group by 1

),

stale as (

    select states.*
    from states
    left join unchanged on states.profile_id = unchanged.profile_id
    where unchanged.profile_id is null

),
{%- else -%}
stale as (

    select * from states

),
{%- endif %}

stale_events as (

    select events.*
    from {{ ref('homespun', 'profile_events') }} as events
    inner join stale on events.profile_id = stale.profile_id

),

fresh as (

{{ select_sql }}

),

edges as (

    select
        profile_id,
        {%- for end, far, sign, fold in [
            ('valid_from', '0001-01-01', '<=', 'greatest'), ('valid_until', '9999-12-31', '>', 'least')
        ] %}
        {{ fold }}(
            cast('{{ far }}' as {{ dbt.type_timestamp() }})
            {%- for number, unit in edges -%}
            {%- set edge = dbt.dateadd(unit, number, 'timestamp') -%}
            , {{ 'max' if end == 'valid_from' else 'min' }}(case when {{ edge }} {{ sign }} as_of then {{ edge }} else cast('{{ far }}' as {{ dbt.type_timestamp() }}) end)
            {%- endfor %}
        ) as {{ end }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from stale_events
    group by 1

)

select
    fresh.*,
    '{{ version }}' as made_by,
    stale.event_count as state_count,
    stale.fingerprint as state_fingerprint,
    stale.loaded_at,
    edges.valid_from,
    edges.valid_until
from fresh
inner join stale on fresh.profile_id = stale.profile_id
inner join edges on fresh.profile_id = edges.profile_id
{%- if kept %}

union all

select known.*
from known
inner join unchanged on known.profile_id = unchanged.profile_id
{%- endif %}
{%- endmacro %}
