{#
    A model that computes something of each profile's events, made anew only where the events, or
    their place in a window, changed since it was built; all else is kept. It is a table: it is
    replaced at once or not at all, and is the same row for row as one made from nothing. It is made
    from nothing when the select is another than before.

    {% call(events) homespun.by_profile() %}
    select
        profile_id,
        {{ homespun.event_count('Order Completed', within='30 days') }} as orders_30d
    from {{ events }}
    group by 1
    {% endcall %}

    The select may read `events` and nothing else, and must not move with as_of but by its windows:
    days since the last order are for the model that reads this one. A select of nothing but traits,
    as above, costs least: what came since is merged with what is kept. Rows get more columns, of which
    the next build learns what they were made of.
#}
{% macro by_profile() -%}
    {%- set select_sql = caller('stale_events') -%}
    {%- if 'moves with as_of' in select_sql -%}
        {{ exceptions.raise_compiler_error(
            'homespun.by_profile: time that passes changes every row in every build; take the moment '
            ~ 'here, such as homespun.last_at, and homespun.time_since in the model that reads this one'
        ) }}
    {%- endif -%}
    {#- Whichever way is taken below: where dbt parses, a select is another than where it runs. -#}
    {%- if not execute -%}
        {%- do ref('homespun', 'int_profile_lookup') -%}
    {%- endif -%}
    {%- set columns = homespun.trait_columns(select_sql) -%}
    {#- The select, and the form in which its state is kept. -#}
    {%- set version = local_md5(select_sql ~ ('' if columns is none else ' merged'))[:8] -%}
    {%- set kept = homespun.kept_state(version) -%}
    {%- if columns is none -%}
        {{ return(homespun.rows_by_profile(select_sql, version, kept)) }}
    {%- endif -%}
    {{ return(homespun.traits_by_profile(columns, version, kept)) }}
{%- endmacro %}
