{# A trait: on how many days (UTC) there are such events (see homespun.event_condition). #}
{% macro active_days(event=none, where=[], within=none, between=none) -%}
    {{ return(homespun.trait(
        'count(distinct case when ' ~ homespun.event_condition(event, where, within, between) ~ ' then cast(timestamp as date) end)',
        event, within, between
    )) }}
{%- endmacro %}
