{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ homespun.forget_revised_messages('message_id') }}",
        "{{ homespun.forget_said_otherwise() }}"
    ]
) }}

with

events as (

    select * from {{ ref('stg_events') }}
    where {{ homespun.is_new(homespun.is_said_so()) }}

),

owners as (

    {{ homespun.message_owners() }}

)

select
    owners.owner_key,
    events.message_id,
    case
        when events.type = 'track' then coalesce(events.event_slug, events.event)
        else '$' || events.type
    end as event,
    events.name,
    events.group_id,
    events.context_channel as channel,
    events.context_page_path as page_path,
    events.context_page_referrer as page_referrer,
    events.context_campaign_name as campaign_name,
    events.context_campaign_source as campaign_source,
    events.context_campaign_medium as campaign_medium,
    events.properties,
    {{ homespun.row_fingerprint([
        'events.message_id', 'events.timestamp', 'events.type', 'events.event', 'events.name',
        'events.group_id', 'events.context_channel', 'events.context_page_path',
        'events.context_page_referrer', 'events.context_campaign_name',
        'events.context_campaign_source', 'events.context_campaign_medium', 'events.properties',
    ]) }} as fingerprint,
    events.timestamp,
    events.loaded_at,
    owners.said_by
from events
inner join owners on events.message_id = owners.message_id
{%- if not is_incremental() %}
-- Each event's rows lie together, so that who asks for one event reads no other.
order by 3, 14
{%- endif %}
