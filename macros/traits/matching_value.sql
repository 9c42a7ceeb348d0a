{#
    A property's value in the rows that are such an event (see homespun.event_condition), null in all
    others: what the traits about a property aggregate.
#}
{% macro matching_value(event, property, type, where, within, between) -%}
    {%- do homespun.check_property([event] if event is string else (event or []), property) -%}
    {{ return(
        'case when ' ~ homespun.event_condition(event, where, within, between)
        ~ ' then ' ~ homespun.property_value(property, type) ~ ' end'
    ) }}
{%- endmacro %}
