{#
    Text as a value of a tracking plan's type; null where it does not fit.

    number is an exact decimal (38, 9), never a float: dbt.type_float() is 32 bits wide on DuckDB and
    makes money wrong. A timestamp keeps its instant: the offset is applied, the result is UTC.
#}
{% macro cast_text(expression, type) -%}
    {%- if type == 'string' -%}
        {{ return(expression) }}
    {%- elif type == 'number' -%}
        {{ return(homespun.try_cast(expression, homespun.type_number())) }}
    {%- elif type == 'integer' -%}
        {{ return(homespun.try_cast(expression, api.Column.translate_type('bigint'))) }}
    {%- elif type == 'boolean' -%}
        {{ return(homespun.try_cast(expression, api.Column.translate_type('boolean'))) }}
    {%- elif type == 'timestamp' -%}
        {{ return(homespun.utc_timestamp(expression)) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "homespun.cast_text: type must be string, number, integer, boolean or timestamp, not '"
            ~ type ~ "'"
        ) }}
    {%- endif -%}
{%- endmacro %}
