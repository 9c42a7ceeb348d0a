{#
    The ids in a list like context.externalIds, a JSON expression, as a list of {priority, id_type,
    id_value}; null where it is no list. As Segment has it, an id counts if it says its type, that it
    is a user's, and that it is not encoded. An e-mail or a phone number is compared like any other.
    A type has no colon: it would make two identifiers one text.
#}
{% macro external_ids(priority, entries) -%}
    {{ return(adapter.dispatch('external_ids', 'homespun')(priority, entries)) }}
{%- endmacro %}

{% macro duckdb__external_ids(priority, entries) -%}
    case
        when json_type({{ entries }}) = 'ARRAY' then list_transform(
            list_filter(
                list_transform(
                    list_filter(
                        cast({{ entries }} as json[]),
                        lambda entry: json_extract_string(entry, '$.collection') = 'users'
                        and json_extract_string(entry, '$.encoding') = 'none'
                    ),
                    lambda entry: {
                        'type': lower({{ homespun.strip("json_extract_string(entry, '$.type')") }}),
                        'id': {{ homespun.strip("json_extract_string(entry, '$.id')") }}
                    }
                ),
                lambda entry: regexp_full_match(entry.type, '[^:]+')
            ),
            lambda entry: {
                'priority': {{ priority }},
                'id_type': entry.type,
                'id_value': case entry.type
                    {%- for id_type in ['email', 'phone'] %}
                    when '{{ id_type }}' then {{ homespun.clean_identifier(id_type, 'entry.id') }}
                    {%- endfor %}
                    else {{ homespun.clean_identifier('external_id', 'entry.id') }}
                end
            }
        )
    end
{%- endmacro %}
