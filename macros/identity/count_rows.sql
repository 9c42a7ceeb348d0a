{# How many rows a query gives, now. #}
{% macro count_rows(sql) -%}
    {% set answer = run_query('select count(*) as row_count from (' ~ sql ~ ') as counted') %}
    {{ return(answer.columns[0].values()[0] | int) }}
{%- endmacro %}
