{{ config(materialized='view') }}

with

messages as (

    select
        message_id,
        integrations,
        timestamp,
        loaded_at
    from {{ ref('stg_events') }}
    where integrations is not null

),

entries as (

    {{ homespun.json_entries('messages', 'integrations') }}

)

select
    message_id,
    entry_key as integration,
    case when entry_kind = 'object' then entry_text end as settings,
    entry_kind = 'object' or (entry_kind = 'boolean' and entry_text = 'true') as is_enabled,
    timestamp,
    loaded_at
from entries
