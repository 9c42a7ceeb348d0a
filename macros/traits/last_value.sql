{#
    A trait: the value of a property in the latest of such events that has it (see
    homespun.event_condition); of several at one moment the message id decides.
#}
{% macro last_value(event, property, type='string', where=[], within=none, between=none) -%}
    {{ return(homespun.trait(
        homespun.value_at(
            'max', homespun.matching_value(event, property, type, where, within, between)
        ),
        event, within, between, merge='last'
    )) }}
{%- endmacro %}
