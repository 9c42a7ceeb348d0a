{# A trait: how many such events there are (see homespun.event_condition); 0 if none. #}
{% macro event_count(event=none, where=[], within=none, between=none) -%}
    {{ return(homespun.trait(
        'count(case when ' ~ homespun.event_condition(event, where, within, between) ~ ' then 1 end)',
        event, within, between, merge='add'
    )) }}
{%- endmacro %}
