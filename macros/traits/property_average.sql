{#
    A trait: the mean of a number among the properties of such events (see homespun.event_condition),
    to nine digits; null where no such event has it.
#}
{% macro property_average(event, property, where=[], within=none, between=none) -%}
    {%- set value = homespun.matching_value(event, property, 'number', where, within, between) -%}
    {{ return(homespun.trait(
        'cast(sum(' ~ value ~ ') / nullif(count(' ~ value ~ '), 0) as ' ~ homespun.type_number() ~ ')',
        event, within, between
    )) }}
{%- endmacro %}
