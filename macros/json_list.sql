{# The distinct values of a text column in a group, in order, as a JSON array; nulls are left out. #}
{% macro json_list(column) -%}
    {{ return(adapter.dispatch('json_list', 'homespun')(column)) }}
{%- endmacro %}

{% macro duckdb__json_list(column) -%}
    cast(to_json(list_sort(list_distinct(coalesce(list({{ column }}), [])))) as varchar)
{%- endmacro %}
