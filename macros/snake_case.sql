{#
    A name as Segment's warehouses write it: words of ASCII letters and digits, lower-cased and joined
    by underscores; null where nothing is left. The word rule is Segment's: an upper-case run with the
    lower-case letters behind it is one word (`CStringRef` is cstring_ref, `5TEst` is 5test).
#}
{% macro snake_case(expression) -%}
    {{ return(adapter.dispatch('snake_case', 'homespun')(expression)) }}
{%- endmacro %}

{% macro duckdb__snake_case(expression) -%}
    nullif(
        lower(
            array_to_string(
                regexp_extract_all({{ expression }}, '[A-Z0-9]+[a-z0-9]*|[a-z0-9]+'), '_'
            )
        ),
        ''
    )
{%- endmacro %}
