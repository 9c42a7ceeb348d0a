{# The var as_of as a timestamp; null where it is not set. #}
{% macro as_of_var() -%}
    {%- set literal = "'" ~ (var('as_of') | string | replace("'", "''")) ~ "'" if var('as_of') else 'null' -%}
    cast({{ literal }} as {{ dbt.type_timestamp() }})
{%- endmacro %}
