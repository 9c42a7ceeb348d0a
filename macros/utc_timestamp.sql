{#
    ISO-8601 text as a timestamp in UTC; null where it is none. A plain cast to timestamp drops the
    offset on DuckDB, and the name of a zone, and accepts words such as 'infinity'.

    | text                           | is                                                          |
    |--------------------------------|-------------------------------------------------------------|
    | 2026-03-01T10:00:00+02:00      | 08:00; so are +0200 and +02                                 |
    | 2026-03-01 10:00:00            | 10:00, and so it is with Z or UTC; a date alone is 00:00    |
    | 2026-03-01T10:00:00 PST        | null, as every other word                                   |
#}
{% macro utc_timestamp(expression) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'homespun')(expression)) }}
{%- endmacro %}

{% macro duckdb__utc_timestamp(expression) -%}
    {%- set date = '^[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set offset = 'Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?' -%}
    case
        when regexp_matches({{ expression }}, '{{ date }}[T ][0-9:.]+({{ offset }})$')
            then try_cast({{ expression }} as timestamptz) at time zone 'UTC'
        when regexp_matches({{ expression }}, '{{ date }}([T ][0-9:.]+( ?UTC)?)?$')
            then try_cast({{ expression }} as timestamp)
    end
{%- endmacro %}
