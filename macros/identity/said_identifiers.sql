{#
    What messages say of who they are from: a select of one row per message and identifier from
    `events`, a CTE of stg_events, each with the strongest identifier of its message. A macro, so that
    an incremental model can take the new events first. What is `blocked` (see blocked_identifiers) is
    left out.
#}
{% macro said_identifiers(blocked=[]) -%}
    {{ return(adapter.dispatch('said_identifiers', 'homespun')(blocked)) }}
{%- endmacro %}

{#
    One list per message, unnested: reading the messages once per type, numbering and joining them
    takes three times as long there. Each step is a select of its own, so that nothing is computed twice.
#}
{% macro duckdb__said_identifiers(blocked) -%}
{%- set sources = [] %}
{%- set external = namespace(priority=none) %}
{%- set id_types = homespun.identifier_types() %}
{%- for id_type in id_types %}
{%- for source in id_type['values'] %}
{%- set value = source.value %}
{%- if 'message_type' in source %}
{%- set value = "case when type = '" ~ source.message_type ~ "' then " ~ value ~ " end" %}
{%- endif %}
{%- do sources.append({
    'type': id_type.type, 'priority': id_type.priority, 'value': value, 'text': 'text_' ~ loop.index
    ~ '_' ~ id_type.priority
}) %}
{%- endfor %}
{%- if id_type.type == 'external_id' %}
{%- set external.priority = id_type.priority %}
{%- endif %}
{%- endfor %}
{%- set is_external = external.priority is not none %}
{%- set is_repeated = id_types | length != id_types | map(attribute='type') | unique | list | length %}
    select
        message_id,
        entry.id_type,
        entry.id_value,
        entry.identifier_key,
        deciding.id_type as deciding_type,
        deciding.identifier_key as deciding_key,
        message_type,
        entry.priority,
        timestamp,
        loaded_at
    from (
        select
            message_id,
            message_type,
            timestamp,
            loaded_at,
            said[1] as deciding,
            unnest(said) as entry
        from (
            select
                message_id,
                message_type,
                timestamp,
                loaded_at,
                -- One value of each type is in order already. What comes twice counts as its stronger.
                case
                    when
                        message_type != 'alias'
                        {{- ' and external_ids is null' if is_external }}
                        {{- ' and 1 = 0' if is_repeated }}
                        then list_filter(said, lambda entry: entry.id_value is not null)
                    else [
                        list_select(
                            all_said,
                            list_filter(
                                range(1, len(all_said) + 1),
                                lambda place: list_position(
                                    list_transform(all_said, lambda entry: entry.identifier_key),
                                    all_said[place].identifier_key
                                ) = place
                            )
                        )
                        for all_said in [
                            list_sort(
                                list_filter(
                                    {{ 'list_concat(said, external_ids)' if is_external else 'said' }},
                                    lambda entry: entry.id_value is not null
                                )
                            )
                        ]
                    ][1]
                end as said
            from (
                select
                    message_id,
                    message_type,
                    timestamp,
                    loaded_at,
                    {%- if is_external %}
                    list_transform(
                        external_ids,
                        lambda entry: {
                            'priority': entry.priority,
                            'id_type': entry.id_type,
                            'id_value': entry.id_value,
                            'identifier_key': {{ homespun.identifier_key(
                                'entry.id_type', 'entry.id_value'
                            ) }}
                        }
                    ) as external_ids,
                    {%- endif %}
                    [
                        {%- for source in sources %}
                        {{ "{" }}
                            'priority': {{ source.priority }},
                            'id_type': '{{ source.type }}',
                            'id_value': {{ source.text }},
                            'identifier_key': {{ homespun.identifier_key(
                                "'" ~ source.type ~ "'", source.text
                            ) }}
                        {{ "}" }}{{ ',' if not loop.last }}
                        {%- endfor %}
                    ] as said
                from (
                    select
                        message_id,
                        message_type,
                        timestamp,
                        loaded_at,
                        {%- for source in sources %}
                        case
                            when not {{ homespun.is_blocked(
                                "'" ~ source.type ~ "'", source.text, blocked
                            ) }}
                                then {{ source.text }}
                        end as {{ source.text }}{{ ',' if is_external or not loop.last }}
                        {%- endfor %}
                        {%- if is_external %}
                        list_filter(
                            external_ids,
                            lambda entry: not {{ homespun.is_blocked(
                                'entry.id_type', 'entry.id_value', blocked
                            ) }}
                        ) as external_ids
                        {%- endif %}
                    from (
                        select
                            message_id,
                            message_type,
                            timestamp,
                            loaded_at,
                            {%- for source in sources %}
                            {{ homespun.clean_identifier(source.type, source.text) }}
                                as {{ source.text }}{{ ',' if is_external or not loop.last }}
                            {%- endfor %}
                            {%- if is_external %}
                            {{ homespun.external_ids(external.priority, 'external_ids') }}
                                as external_ids
                            {%- endif %}
                        from (
                            select
                                message_id,
                                message_type,
                                timestamp,
                                loaded_at,
                                {%- for source in sources %}
                                {{ homespun.strip_column(source.text) }} as {{ source.text }},
                                {%- endfor %}
                                external_ids
                            from (
                                select
                                    message_id,
                                    type as message_type,
                                    timestamp,
                                    loaded_at,
                                    {%- for source in sources %}
                                    {{ source.value }} as {{ source.text }},
                                    {%- endfor %}
                                    {{ homespun.try_json('context_external_ids') }} as external_ids
                                from events
                            ) as read
                        ) as stripped
                    ) as cleaned
                ) as usable
            ) as listed
        ) as ordered
    ) as placed
{%- endmacro %}
