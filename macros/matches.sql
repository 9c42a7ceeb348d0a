{# Does a text match a regular expression (anywhere in it)? The pattern may be a column. #}
{% macro matches(expression, pattern) -%}
    {{ return(adapter.dispatch('matches', 'homespun')(expression, pattern)) }}
{%- endmacro %}

{% macro duckdb__matches(expression, pattern) -%}
    regexp_matches({{ expression }}, {{ pattern }})
{%- endmacro %}
