{# The values at several paths of a JSON column as one list of JSON; see json_texts. #}
{% macro json_values(column, paths) -%}
    {{ return(adapter.dispatch('json_values', 'homespun')(column, paths)) }}
{%- endmacro %}

{% macro duckdb__json_values(column, paths) -%}
    json_extract({{ column }}, [
        {%- for path in paths %}
        '{{ homespun.json_path_literal(path) }}'{{ ',' if not loop.last }}
        {%- endfor %}
    ])
{%- endmacro %}
