{# Text without white space around it, the no-break and zero-width ones included. #}
{% macro strip(expression) -%}
    {{ return(adapter.dispatch('strip', 'homespun')(expression)) }}
{%- endmacro %}

{% macro duckdb__strip(expression) -%}
    trim({{ expression }}, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(65279))
{%- endmacro %}
