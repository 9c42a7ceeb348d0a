{#
    A trait: the mean of a number among the properties of such events (see homespun.event_condition),
    to nine digits; null where no such event has it.
#}
{% macro property_average(event, property, where=[], within=none, between=none) -%}
    {%- set value = homespun.matching_value(event, property, 'number', where, within, between) -%}
    {%- set mean = 'cast($total / nullif($number, 0) as ' ~ homespun.type_number() ~ ')' -%}
    {{ return(homespun.trait(
        mean | replace('$total', 'sum(' ~ value ~ ')') | replace('$number', 'count(' ~ value ~ ')'),
        event, within, between,
        part=homespun.trait_part('means', value),
        finish=mean | replace('$', '$part.')
    )) }}
{%- endmacro %}
