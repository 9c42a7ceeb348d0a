{# The statement that makes a table of a select, or replaces it. #}
{% macro create_or_replace_table(relation, sql) -%}
    {{ return(adapter.dispatch('create_or_replace_table', 'homespun')(relation, sql)) }}
{%- endmacro %}

{% macro default__create_or_replace_table(relation, sql) -%}
    {{ return('create or replace table ' ~ relation ~ ' as ' ~ sql) }}
{%- endmacro %}
