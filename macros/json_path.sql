{#
    The value at a path of keys inside a JSON column, as JSON; null where there is none.

    | call                                             | DuckDB                                       |
    |--------------------------------------------------|----------------------------------------------|
    | homespun.json_path('context', ['page', 'url'])   | json_extract(context, '$."page"."url"')      |
#}
{% macro json_path(column, path) -%}
    {{ return(adapter.dispatch('json_path', 'homespun')(column, path)) }}
{%- endmacro %}

{% macro duckdb__json_path(column, path) -%}
    json_extract({{ column }}, '{{ homespun.json_path_literal(path) }}')
{%- endmacro %}
