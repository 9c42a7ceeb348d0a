{#
    A length of time as people write it, such as '36 hours' or '30 days', as {number, unit}: minutes,
    hours, days (of 24 hours) or weeks.
#}
{% macro duration(text) -%}
    {%- set found = modules.re.match('^([0-9]+) (minute|hour|day|week)s?$', text | string) -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error(
            "homespun.duration: '" ~ text ~ "' is no length of time such as '36 hours' or '30 days'"
        ) }}
    {%- endif -%}
    {{ return({'number': found.group(1) | int, 'unit': found.group(2)}) }}
{%- endmacro %}
