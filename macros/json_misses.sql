{#
    Does a JSON object lack a key, or hold null there? The key is a column, and is never read as a
    path.
#}
{% macro json_misses(document, key) -%}
    {{ return(adapter.dispatch('json_misses', 'homespun')(document, key)) }}
{%- endmacro %}

{% macro duckdb__json_misses(document, key) -%}
    coalesce(
        json_type({{ document }}, '/' || replace(replace({{ key }}, '~', '~0'), '/', '~1')), 'NULL'
    ) = 'NULL'
{%- endmacro %}
