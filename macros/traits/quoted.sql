{# A value of a model's author as an SQL literal: text in quotes, numbers and truths as they are. #}
{% macro quoted(value) -%}
    {%- if value is boolean -%}
        {{ return('true' if value else 'false') }}
    {%- elif value is number -%}
        {{ return(value | string) }}
    {%- elif value is string -%}
        {{ return("'" ~ (value | replace("'", "''")) ~ "'") }}
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            'homespun.quoted: ' ~ value ~ ' is neither text nor a number nor a truth'
        ) }}
    {%- endif -%}
{%- endmacro %}
