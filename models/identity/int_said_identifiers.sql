{{ config(materialized='view') }}

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

with

events as (

    select * from {{ ref('stg_events') }}

),

said as (
{{ selects | join('\n\n    union all') }}

)

select
    message_id,
    id_type,
    id_value,
    priority,
    message_type,
    timestamp,
    loaded_at
from said
-- Nobody's identifier is that long; what is, is a mistake.
where id_value != '' and length(id_value) <= 512
