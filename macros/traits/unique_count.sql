{#
    A trait: how many values a property has among such events (see homespun.event_condition).
#}
{% macro unique_count(event, property, where=[], within=none, between=none) -%}
    {%- set value = homespun.matching_value(event, property, 'string', where, within, between) -%}
    {{ return(homespun.trait(
        'count(distinct ' ~ value ~ ')',
        event, within, between, part=homespun.trait_part('lists', value), finish='len($part)'
    )) }}
{%- endmacro %}
