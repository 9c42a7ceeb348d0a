{#
    A length of time as people write it, such as '36 hours' or '30 days', as {number, unit, minutes}: in
    minutes, hours, days (of 24 hours) or weeks, and what that is in minutes.
#}
{% macro duration(text) -%}
    {%- set found = modules.re.match('^([0-9]+) (minute|hour|day|week)s?$', text | string) -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error(
            "homespun.duration: '" ~ text ~ "' is no length of time such as '36 hours' or '30 days'"
        ) }}
    {%- endif -%}
    {%- set number, unit = found.group(1) | int, found.group(2) -%}
    {%- set minutes = {'minute': 1, 'hour': 60, 'day': 1440, 'week': 10080} -%}
    {{ return({'number': number, 'unit': unit, 'minutes': number * minutes[unit]}) }}
{%- endmacro %}
