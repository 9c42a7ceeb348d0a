{#
    The entries of JSON objects, one row each: a select of message_id, key, kind and text from a
    relation's JSON column. kind is JSON's own: string, number, boolean, array, object, null. text is the
    value as text, a string without its quotes. What is no object has no entries.
#}
{% macro json_entries(relation, column) -%}
    {{ return(adapter.dispatch('json_entries', 'homespun')(relation, column)) }}
{%- endmacro %}

{% macro duckdb__json_entries(relation, column) -%}
    select
        {{ relation }}.message_id,
        entry.key as property_name,
        case entry.type
            when 'VARCHAR' then 'string'
            when 'BOOLEAN' then 'boolean'
            when 'ARRAY' then 'array'
            when 'OBJECT' then 'object'
            when 'NULL' then 'null'
            else 'number'
        end as kind,
        json_extract_string(entry.value, '$') as text
    from {{ relation }},
        json_each(case when json_type({{ relation }}.{{ column }}) = 'OBJECT'
            then {{ relation }}.{{ column }} else cast('{}' as json) end) as entry
{%- endmacro %}
