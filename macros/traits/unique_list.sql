{#
    A trait: the values that a property has among such events (see homespun.event_condition), each
    once, in order of the alphabet, as a JSON array; an empty one where there is none.
#}
{% macro unique_list(event, property, where=[], within=none, between=none) -%}
    {{ return(homespun.trait(
        homespun.json_list(
            homespun.matching_value(event, property, 'string', where, within, between)
        ),
        event, within, between
    )) }}
{%- endmacro %}
