{# How many rows a relation has, now. #}
{% macro count_rows(relation) -%}
    {% set answer = run_query('select count(*) as row_count from ' ~ relation) %}
    {{ return(answer.columns[0].values()[0] | int) }}
{%- endmacro %}
