{# How many rows a work table has, once what is queued was run. #}
{% macro count_rows(work, name) -%}
    {% do homespun.run_pending(work) %}
    {% set answer = run_query(
        'select count(*) as row_count from ' ~ homespun.work_table(work, name)
    ) %}
    {{ return(answer.columns[0].values()[0] | int) }}
{%- endmacro %}
