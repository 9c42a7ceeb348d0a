{# The values of several columns as one text that tells null from empty and one column from the next. #}
{% macro text_of_columns(columns) -%}
    {%- for column in columns -%}
    coalesce('=' || cast({{ column }} as {{ dbt.type_string() }}), '-') || '|'
    {{- ' || ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
