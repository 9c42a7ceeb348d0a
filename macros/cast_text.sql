{#
    Text as a value of a tracking plan's type; null where it does not fit.

    | type      | takes                                             | gives                          |
    |-----------|---------------------------------------------------|--------------------------------|
    | string    | everything; objects and arrays as JSON            | text                           |
    | number    | a number, in digits or with an exponent; no 1_000 | an exact decimal (38, 9)       |
    | integer   | a number without a fraction: 3 and 3.0, not 3.5   | a 64-bit integer               |
    | boolean   | true and false in any casing                      | a boolean                      |
    | timestamp | ISO-8601, its offset applied; UTC where it has none | a timestamp in UTC           |

    number is never a float: dbt.type_float() is 32 bits wide on DuckDB and makes money wrong. But
    DuckDB's JSON reads a number with a fraction as a double, which holds 15 digits: of one with
    more, the last are rounded. Sent as text it is exact: 38 digits, 9 of them behind the point.
#}
{% macro cast_text(expression, type) -%}
    {%- if type in ('string', 'array') -%}
        {{ return(expression) }}
    {%- elif type == 'number' -%}
        {#- Warehouses read 1_000 as a thousand, as their SQL has it. -#}
        {%- set number = 'case when strpos(' ~ expression ~ ", '_') = 0 then " ~ expression ~ ' end' -%}
        {{ return(homespun.try_cast(number, homespun.type_number())) }}
    {%- elif type == 'integer' -%}
        {%- set number = homespun.cast_text(expression, 'number') -%}
        {{ return(
            'case when ' ~ number ~ ' = floor(' ~ number ~ ') then '
            ~ homespun.try_cast(number, api.Column.translate_type('bigint')) ~ ' end'
        ) }}
    {%- elif type == 'boolean' -%}
        {{ return("case lower(" ~ expression ~ ") when 'true' then true when 'false' then false end") }}
    {%- elif type == 'timestamp' -%}
        {{ return(homespun.utc_timestamp(expression)) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "homespun.cast_text: type must be string, number, integer, boolean, timestamp or array, "
            ~ "not '" ~ type ~ "'"
        ) }}
    {%- endif -%}
{%- endmacro %}
