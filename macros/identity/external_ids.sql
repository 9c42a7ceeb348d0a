{#
    The ids in context.externalIds, one row each: a select of the columns asked for, id_type and
    id_value from a relation with context_external_ids. As Segment has it, an id counts if it says its
    type, that it is a user's, and that it is not encoded.
#}
{% macro external_ids(relation, columns) -%}
    {{ return(adapter.dispatch('external_ids', 'homespun')(relation, columns)) }}
{%- endmacro %}

{% macro duckdb__external_ids(relation, columns) -%}
    select
        {% for column in columns -%}
        {{ relation }}.{{ column }},
        {% endfor -%}
        lower(json_extract_string(entry.value, '$.type')) as id_type,
        json_extract_string(entry.value, '$.id') as id_value
    from {{ relation }},
        json_each(
            case
                when json_type({{ homespun.try_json('context_external_ids') }}) = 'ARRAY'
                    then {{ homespun.try_json('context_external_ids') }}
                else cast('[]' as json)
            end
        ) as entry
    where
        {{ relation }}.context_external_ids is not null
        and json_extract_string(entry.value, '$.type') is not null
        and json_extract_string(entry.value, '$.collection') = 'users'
        and json_extract_string(entry.value, '$.encoding') = 'none'
{%- endmacro %}
