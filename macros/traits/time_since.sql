{#
    How many whole units (minute, hour, day or week) have passed from a moment to as_of; null where the
    moment is.
#}
{% macro time_since(moment, unit='day', as_of='as_of') -%}
    {%- set seconds = {'minute': 60, 'hour': 3600, 'day': 86400, 'week': 604800} -%}
    {%- if unit not in seconds -%}
        {{ exceptions.raise_compiler_error(
            "homespun.time_since: unit must be one of " ~ seconds | join(', ') ~ ", not '" ~ unit ~ "'"
        ) }}
    {%- endif -%}
    cast(floor({{ dbt.datediff(moment, as_of, 'second') }} / {{ seconds[unit] }}) as {{ api.Column.translate_type('bigint') }}) /* moves with as_of */
{%- endmacro %}
