{#
    A trait: how many values a property has among such events (see homespun.event_condition).
#}
{% macro unique_count(event, property, where=[], within=none, between=none) -%}
    {{ return(homespun.trait(
        'count(distinct '
        ~ homespun.matching_value(event, property, 'string', where, within, between) ~ ')',
        event, within, between
    )) }}
{%- endmacro %}
