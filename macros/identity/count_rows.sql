{# How many rows a work table has, once what is queued was run. #}
{% macro count_rows(work, name) -%}
    {% do work.pending.append(
        'select count(*) as row_count from ' ~ homespun.work_table(work, name)
    ) %}
    {% set answer = homespun.run_statements(work.pending) %}
    {% do work.update({'pending': []}) %}
    {{ return(answer.columns[0].values()[0] | int) }}
{%- endmacro %}
