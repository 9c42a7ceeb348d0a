{#
    A trait: the values that a property has among such events (see homespun.event_condition), each
    once, in order of the alphabet, as a JSON array; an empty one where there is none.
#}
{% macro unique_list(event, property, where=[], within=none, between=none) -%}
    {%- set value = homespun.matching_value(event, property, 'string', where, within, between) -%}
    {{ return(homespun.trait(
        homespun.json_list(value),
        event, within, between,
        part=homespun.trait_part('lists', value), finish='cast(to_json($part) as varchar)'
    )) }}
{%- endmacro %}
