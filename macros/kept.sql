{#
    A hint after a CTE's `as`: compute its few rows once. DuckDB writes a CTE out in each reader if
    it may, and takes seconds to plan a chain of them.
#}
{% macro kept() -%}
    {{ return(adapter.dispatch('kept', 'homespun')()) }}
{%- endmacro %}

{% macro default__kept() -%}
{%- endmacro %}

{% macro duckdb__kept() -%}
    materialized
{%- endmacro %}
