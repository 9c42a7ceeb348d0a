{#
    The value of the first ('min') or last ('max') row of a group that has one, by timestamp and
    message id.
#}
{% macro value_at(end, value) -%}
    {{ return(adapter.dispatch('value_at', 'homespun')(end, value)) }}
{%- endmacro %}

{% macro default__value_at(end, value) -%}
    {%- set direction = 'asc' if end == 'min' else 'desc' -%}
    (
        array_agg({{ value }} order by timestamp {{ direction }}, message_id {{ direction }})
            filter (where {{ value }} is not null)
    )[1]
{%- endmacro %}

{# DuckDB's arg_min and arg_max leave out rows whose value is null. #}
{% macro duckdb__value_at(end, value) -%}
    arg_{{ end }}({{ value }}, (timestamp, message_id))
{%- endmacro %}
