{#
    A trait: the largest value of a property of such events; with type='string' the last in order of the alphabet; null
    where no such event has it (see homespun.event_condition).
#}
{% macro property_maximum(event, property, type='number', where=[], within=none, between=none) -%}
    {{ return(homespun.trait(
        'max(' ~ homespun.matching_value(event, property, type, where, within, between) ~ ')',
        event, within, between, merge='greatest'
    )) }}
{%- endmacro %}
