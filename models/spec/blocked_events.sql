{{ config(materialized='view') }}

with

verdicts as (

    select * from {{ ref('stg_verdicts') }}
    where is_blocked

),

findings as (

    select * from {{ ref('stg_findings') }}
    where reaction = 'block'

),

messages as (

    select * from {{ ref('stg_messages') }}

),

reasons as (

    select
        message_key,
        {{ homespun.json_list("finding || coalesce(': ' || field, '')") }} as reasons
    from findings
    group by 1

)

select
    messages.message_id,
    messages.type,
    messages.event,
    messages.user_id,
    messages.anonymous_id,
    messages.group_id,
    messages.source,
    reasons.reasons,
    messages.context,
    messages.properties,
    messages.traits,
    messages.received_at,
    messages.timestamp,
    verdicts.loaded_at
from verdicts
inner join messages on verdicts.message_key = messages.message_key
inner join reasons on verdicts.message_key = reasons.message_key
