{#
    What messages say of who they are from: a select of one row per message and identifier from
    `events`, a CTE of stg_events. A macro, so that an incremental model can take the new events first.
#}
{% macro said_identifiers() -%}
{%- set selects = [] %}
{%- for id_type in homespun.identifier_types() %}
{%- for source in id_type['values'] %}
{%- set select_values %}
    select
        message_id,
        '{{ id_type.type }}' as id_type,
        {{ homespun.clean_identifier(id_type.type, source.value) }} as id_value,
        {{ id_type.priority }} as priority,
        type as message_type,
        timestamp,
        loaded_at
    from events
    {%- if 'message_type' in source %}
    where type = '{{ source.message_type }}'
    {%- endif %}
{%- endset %}
{%- do selects.append(select_values) %}
{%- endfor %}
{%- if id_type.type == 'external_id' %}
{%- set select_values %}
    select
        message_id,
        id_type,
        {{ homespun.strip('id_value') }} as id_value,
        {{ id_type.priority }} as priority,
        type as message_type,
        timestamp,
        loaded_at
    from (
        {{ homespun.external_ids('events', ['message_id', 'type', 'timestamp', 'loaded_at']) }}
    ) as external_ids
{%- endset %}
{%- do selects.append(select_values) %}
{%- endif %}
{%- endfor %}
    select
        message_id,
        id_type,
        id_value,
        priority,
        message_type,
        timestamp,
        loaded_at
    from (
{{ selects | join('\n\n    union all') }}

    ) as said
    -- Nobody's identifier is that long; what is, is a mistake.
    where id_value != '' and length(id_value) <= 512
{%- endmacro %}
