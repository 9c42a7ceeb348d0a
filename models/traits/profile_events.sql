{{ config(materialized='view') }}

with

events as (

    select * from {{ ref('int_owner_events') }}

),

device_messages as (

    select * from {{ ref('int_device_messages') }}

),

owners as (

    select * from {{ ref('int_owners') }}

),

as_of as (

    select * from {{ ref('as_of') }}

)

select
    owners.profile_id,
    events.message_id,
    events.event,
    events.name,
    events.group_id,
    events.channel,
    events.page_path,
    events.page_referrer,
    events.campaign_name,
    events.campaign_source,
    events.campaign_medium,
    events.properties,
    events.fingerprint,
    events.timestamp,
    events.loaded_at,
    as_of.as_of
from events
left join device_messages on events.message_id = device_messages.message_id
inner join owners
    on coalesce(device_messages.identifier_key, events.owner_key) = owners.owner_key
inner join as_of on events.timestamp <= as_of.as_of
