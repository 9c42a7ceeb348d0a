{# A trait: on how many days (UTC) there are such events (see homespun.event_condition). #}
{% macro active_days(event=none, where=[], within=none, between=none) -%}
    {%- set day = (
        'case when ' ~ homespun.event_condition(event, where, within, between)
        ~ ' then cast(timestamp as date) end'
    ) -%}
    {{ return(homespun.trait(
        'count(distinct ' ~ day ~ ')',
        event, within, between, part=homespun.trait_part('lists', day), finish='len($part)'
    )) }}
{%- endmacro %}
