{# Queue the adding of a select's rows to a work table. #}
{% macro add_rows(work, name, sql) -%}
    {% do work.pending.append('insert into ' ~ homespun.work_table(work, name) ~ ' ' ~ sql) %}
{%- endmacro %}
