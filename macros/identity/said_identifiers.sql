{#
    What messages say of who they are from: a select of one row per message and identifier from
    `events`, a CTE of stg_events, each with its position in its message (1 is the strongest) and the
    identifier at position 1. A macro, so that an incremental model can take the new events first.

    Nobody's identifier is longer than 512 characters; what is, is a mistake.
#}
{% macro said_identifiers() -%}
    {{ return(adapter.dispatch('said_identifiers', 'homespun')()) }}
{%- endmacro %}

{#
    One list per message, unnested: reading the messages once per type, numbering and joining them
    takes three times as long there.
#}
{% macro duckdb__said_identifiers() -%}
{%- set id_types = homespun.identifier_types() %}
{%- set entries = [] %}
{%- set external = namespace(priority=none) %}
{%- for id_type in id_types %}
{%- for source in id_type['values'] %}
{%- set value = homespun.clean_identifier(id_type.type, source.value) %}
{%- if 'message_type' in source %}
{%- set value = "case when type = '" ~ source.message_type ~ "' then " ~ value ~ " end" %}
{%- endif %}
{%- do entries.append(
    "{'priority': " ~ id_type.priority ~ ", 'id_type': '" ~ id_type.type ~ "', 'id_value': "
    ~ value ~ "}"
) %}
{%- endfor %}
{%- if id_type.type == 'external_id' %}
{%- set external.priority = id_type.priority %}
{%- endif %}
{%- endfor %}
    select
        message_id,
        said[place].id_type as id_type,
        said[place].id_value as id_value,
        said[place].priority as priority,
        place as position,
        said[1].id_type as deciding_type,
        said[1].id_value as deciding_value,
        message_type,
        timestamp,
        loaded_at
    from (
        select
            *,
            unnest(range(1, len(said) + 1)) as place
        from (
            select
                message_id,
                type as message_type,
                timestamp,
                loaded_at,
                case
                    when is_plain then said
                    else list_sort(list_distinct(said))
                end as said
            from (
                select
                    message_id,
                    type,
                    timestamp,
                    loaded_at,
                    type != 'alias' and context_external_ids is null as is_plain,
                    list_filter(
                        list_concat(
                            [
                                {{ entries | join(',\n                                ') }}
                            ],
                            {%- if external.priority is not none %}
                            {{ homespun.external_ids(external.priority) }}
                            {%- else %}
                            []
                            {%- endif %}
                        ),
                        lambda entry: entry.id_value != '' and length(entry.id_value) <= 512
                    ) as said
                from events
            ) as read
        ) as listed
    ) as placed
{%- endmacro %}
