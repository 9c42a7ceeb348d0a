{# Text as JSON text: in quotes, with what needs it escaped. #}
{% macro json_quote(expression) -%}
    {{ return(adapter.dispatch('json_quote', 'homespun')(expression)) }}
{%- endmacro %}

{% macro duckdb__json_quote(expression) -%}
    cast(to_json({{ expression }}) as varchar)
{%- endmacro %}
