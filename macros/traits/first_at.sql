{# A trait: when the first of such events happened (see homespun.event_condition); null if never. #}
{% macro first_at(event=none, where=[], within=none, between=none) -%}
    {{ return(homespun.trait(
        'min(case when ' ~ homespun.event_condition(event, where, within, between) ~ ' then timestamp end)',
        event, within, between, merge='least'
    )) }}
{%- endmacro %}
