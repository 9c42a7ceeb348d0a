{# No component, of the type that a table of links names them by. #}
{% macro empty_map(work, link) -%}
    select a as component, b as root from {{ homespun.work_table(work, link) }} where 1 = 0
{%- endmacro %}
