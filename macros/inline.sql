{#
    A hint after a CTE's `as`: compute it anew for each reader. DuckDB would keep the rows of a CTE
    that has two readers, and all messages with their bodies do not fit in memory.
#}
{% macro inline() -%}
    {{ return(adapter.dispatch('inline', 'homespun')()) }}
{%- endmacro %}

{% macro default__inline() -%}
{%- endmacro %}

{% macro duckdb__inline() -%}
    not materialized
{%- endmacro %}
