{#
    A trait: the smallest value of a property of such events; with type='string' the first in order of the alphabet; null
    where no such event has it (see homespun.event_condition).
#}
{% macro property_minimum(event, property, type='number', where=[], within=none, between=none) -%}
    {{ return(homespun.trait(
        'min(' ~ homespun.matching_value(event, property, type, where, within, between) ~ ')',
        event, within, between, merge='least'
    )) }}
{%- endmacro %}
