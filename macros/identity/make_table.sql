{#
    Make a work table, or replace it: what the identity fixpoint remembers from one statement to the
    next. Not a temporary one: dbt v2 runs each statement on a connection of its own.
#}
{% macro make_table(relation, sql) -%}
    {{ return(adapter.dispatch('make_table', 'homespun')(relation, sql)) }}
{%- endmacro %}

{% macro duckdb__make_table(relation, sql) -%}
    {% do run_query('create or replace table ' ~ relation ~ ' as ' ~ sql) %}
{%- endmacro %}
