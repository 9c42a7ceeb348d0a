{#
    The ids in a list like context.externalIds, a JSON expression, as a list of {priority, id_type,
    id_value}; null where it is no list. As Segment has it, an id counts if it says its type, that it
    is a user's, and that it is not encoded.
#}
{% macro external_ids(priority, entries) -%}
    {{ return(adapter.dispatch('external_ids', 'homespun')(priority, entries)) }}
{%- endmacro %}

{% macro duckdb__external_ids(priority, entries) -%}
    case
        when json_type({{ entries }}) = 'ARRAY' then list_transform(
            list_filter(
                cast({{ entries }} as json[]),
                lambda entry: json_extract_string(entry, '$.type') is not null
                and json_extract_string(entry, '$.collection') = 'users'
                and json_extract_string(entry, '$.encoding') = 'none'
            ),
            lambda entry: {
                'priority': {{ priority }},
                'id_type': lower(json_extract_string(entry, '$.type')),
                'id_value': {{ homespun.clean_identifier(
                    'external_id', homespun.strip("json_extract_string(entry, '$.id')")
                ) }}
            }
        )
    end
{%- endmacro %}
