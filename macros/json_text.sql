{#
    The value at a path of keys inside a JSON column, as text; null where there is none or it is
    JSON's null. Objects and arrays come as JSON text, as in Segment's warehouses.

    | call                                             | DuckDB                                         |
    |--------------------------------------------------|------------------------------------------------|
    | homespun.json_text('context', ['page', 'url'])   | json_extract_string(context, '$."page"."url"') |
#}
{% macro json_text(column, path) -%}
    {{ return(adapter.dispatch('json_text', 'homespun')(column, path)) }}
{%- endmacro %}

{% macro duckdb__json_text(column, path) -%}
    json_extract_string({{ column }}, '{{ homespun.json_path_literal(path) }}')
{%- endmacro %}
