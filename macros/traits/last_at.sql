{# A trait: when the last of such events happened (see homespun.event_condition); null if never. #}
{% macro last_at(event=none, where=[], within=none, between=none) -%}
    {{ return(homespun.trait(
        'max(case when ' ~ homespun.event_condition(event, where, within, between) ~ ' then timestamp end)',
        event, within, between, merge='greatest'
    )) }}
{%- endmacro %}
