{#
    The ids in context.externalIds as a list of {priority, id_type, id_value}. As Segment has it, an id
    counts if it says its type, that it is a user's, and that it is not encoded.
#}
{% macro external_ids(priority) -%}
    {{ return(adapter.dispatch('external_ids', 'homespun')(priority)) }}
{%- endmacro %}

{% macro duckdb__external_ids(priority) -%}
    {%- set entries = homespun.try_json('context_external_ids') -%}
    case
        when context_external_ids is null or json_type({{ entries }}) != 'ARRAY' then []
        else list_transform(
            list_filter(
                cast({{ entries }} as json[]),
                lambda entry: json_extract_string(entry, '$.type') is not null
                and json_extract_string(entry, '$.collection') = 'users'
                and json_extract_string(entry, '$.encoding') = 'none'
            ),
            lambda entry: {
                'priority': {{ priority }},
                'id_type': lower(json_extract_string(entry, '$.type')),
                'id_value': {{ homespun.strip("json_extract_string(entry, '$.id')") }}
            }
        )
    end
{%- endmacro %}
