{#
    The items of JSON arrays, one row each, as json_entries gives the entries of objects: entry_key
    is '$' and is_item true. What is no array has no items.
#}
{% macro json_items(relation, column) -%}
    {{ return(adapter.dispatch('json_items', 'homespun')(relation, column)) }}
{%- endmacro %}

{% macro duckdb__json_items(relation, column) -%}
    select
        *,
        true as is_item,
        '$' as entry_key,
        unnest(json_extract({{ column }}, '$[*]')) as entry_value,
        unnest(json_extract_string({{ column }}, '$[*]')) as entry_text,
        unnest({{ homespun.duckdb__json_kinds(column, '$[*]') }}) as entry_kind
    from {{ relation }}
{%- endmacro %}
