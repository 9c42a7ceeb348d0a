{# A JSON object with those of its entries alone whose keys another object has, too. #}
{% macro json_shared(document, other) -%}
    {{ return(adapter.dispatch('json_shared', 'homespun')(document, other)) }}
{%- endmacro %}

{% macro duckdb__json_shared(document, other) -%}
    cast('{' || array_to_string([
        to_json(entry[1]) || ':' || entry[2]
        for entry in list_zip(json_keys({{ document }}), json_extract({{ document }}, '$.*'))
        if list_contains(json_keys({{ other }}), entry[1])
    ], ',') || '}' as json)
{%- endmacro %}
