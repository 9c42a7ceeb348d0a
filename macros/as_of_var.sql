{# The var as_of as a timestamp; null where it is not set. #}
{% macro as_of_var() -%}
    {%- set moment = var('as_of') | string -%}
    {%- if not moment -%}
        cast(null as {{ dbt.type_timestamp() }})
    {%- elif modules.re.match('^\\d{4}-\\d\\d-\\d\\d([ T]\\d\\d:\\d\\d(:\\d\\d([.]\\d+)?)?)?$', moment) -%}
        cast('{{ moment }}' as {{ dbt.type_timestamp() }})
    {%- else -%}
        {{ exceptions.raise_compiler_error(
            "var as_of: '" ~ moment ~ "' is no moment in UTC such as 2026-03-31 23:59:59"
        ) }}
    {%- endif -%}
{%- endmacro %}
