{#
    Text read as JSON; null where it is none, so that one broken text never stops a build.
#}
{% macro try_json(expression) -%}
    {{ return(adapter.dispatch('try_json', 'homespun')(expression)) }}
{%- endmacro %}

{% macro duckdb__try_json(expression) -%}
    try_cast({{ expression }} as json)
{%- endmacro %}
