{# Is a JSON value an object? #}
{% macro is_json_object(column) -%}
    {{ return(adapter.dispatch('is_json_object', 'homespun')(column)) }}
{%- endmacro %}

{% macro duckdb__is_json_object(column) -%}
    coalesce(json_type({{ column }}) = 'OBJECT', false)
{%- endmacro %}
