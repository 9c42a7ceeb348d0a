{#
    ISO-8601 text as a timestamp in UTC; null where it is none. A plain cast to timestamp drops the
    offset on DuckDB, and accepts words such as 'infinity'.
#}
{% macro utc_timestamp(expression) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'homespun')(expression)) }}
{%- endmacro %}

{% macro duckdb__utc_timestamp(expression) -%}
    case
        when regexp_matches({{ expression }}, '^\d{4}-\d{2}-\d{2}([T ].*(Z|[+-]\d{2}:?\d{2}))$')
            then try_cast({{ expression }} as timestamptz) at time zone 'UTC'
        when regexp_matches({{ expression }}, '^\d{4}-\d{2}-\d{2}')
            then try_cast({{ expression }} as timestamp)
    end
{%- endmacro %}
