{{
    config(
        materialized='incremental',
        on_schema_change='append_new_columns',
        incremental_strategy='append',
        pre_hook=[
            "{{ homespun.mark_gone_messages('revised') }}",
            "{{ homespun.mark_gone_messages('said_otherwise') }}"
        ]
    )
}}

with

settings as (

    select * from {{ ref('int_identity_settings') }}

),

events as (

    select * from {{ ref('stg_events') }}
    where {{ homespun.is_new('not is_gone and ' ~ homespun.is_said_so()) }}

),

said as (

    {{ homespun.said_identifiers(homespun.blocked_identifiers()) }}

)

select
    said.message_id,
    said.id_type,
    said.id_value,
    said.identifier_key,
    said.deciding_type,
    said.deciding_key,
    said.priority,
    said.message_type = 'alias' as is_alias,
    said.identifier_key = said.deciding_key as is_deciding,
    false as is_gone,
    said.timestamp,
    said.loaded_at,
    settings.said_by,
    {{ homespun.build_number() }} as build_number
from said
cross join settings
