{#
    A trait: the sum of a number among the properties of such events, exact; null
    where no such event has it (see homespun.event_condition).
#}
{% macro property_sum(event, property, where=[], within=none, between=none) -%}
    {{ return(homespun.trait(
        'sum(' ~ homespun.matching_value(event, property, 'number', where, within, between) ~ ')',
        event, within, between, merge='add'
    )) }}
{%- endmacro %}
