{#
    A model that computes something of each profile's events, made anew only for the profiles whose
    events, or place in a window, changed since it was built; the others' rows are kept. It is a table:
    it is replaced at once or not at all, and is the same row for row as one made from nothing.

    {% call(events) homespun.by_profile() %}
    select
        profile_id,
        {{ homespun.event_count('Order Completed', within='30 days') }} as orders_30d
    from {{ events }}
    group by 1
    {% endcall %}

    The select may read `events` and nothing else, and must not move with as_of but by its windows:
    days since the last order are for the model that reads this one. Rows get three more columns:
    profile_state, and valid_from and valid_until, between which as_of changes nothing in them.
#}
{% macro by_profile() -%}
    {%- set select_sql = caller('stale_events') -%}
    {%- if 'moves with as_of' in select_sql -%}
        {{ exceptions.raise_compiler_error(
            'homespun.by_profile: time that passes changes every row in every build; take the moment '
            ~ 'here, such as homespun.last_at, and homespun.time_since in the model that reads this one'
        ) }}
    {%- endif -%}
    {%- set edges = [] -%}
    {%- for number, unit in modules.re.findall('/[*] edge ([0-9]+) ([a-z]+) [*]/', select_sql) -%}
        {%- if (number, unit) not in edges -%}
            {%- do edges.append((number, unit)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set version = local_md5(select_sql)[:8] -%}
    {%- set is_kept = homespun.is_made_by(version) -%}
with

states as (

    select
        profile_id,
        {{ dbt.concat([
            "'" ~ version ~ ":'", 'cast(event_count as ' ~ dbt.type_string() ~ ')', "':'", 'fingerprint'
        ]) }} as profile_state,
        as_of
    from {{ ref('homespun', 'int_profile_states') }}

),

{% if is_kept -%}
known as (

    select * from {{ this }}

),

unchanged as (

    select known.profile_id
    from known
    inner join states on known.profile_id = states.profile_id
    where
        known.profile_state = states.profile_state
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
    stale.profile_state,
    edges.valid_from,
    edges.valid_until
from fresh
inner join stale on fresh.profile_id = stale.profile_id
inner join edges on fresh.profile_id = edges.profile_id
{%- if is_kept %}

union all

select known.*
from known
inner join unchanged on known.profile_id = unchanged.profile_id
{%- endif %}
{%- endmacro %}
