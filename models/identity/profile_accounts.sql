{{ config(materialized='view') }}

with

group_calls as (

    select
        message_id,
        group_id,
        {{ homespun.json_text('traits', ['role']) }} as account_role,
        timestamp
    from {{ ref('stg_events') }}
    where type = 'group' and group_id is not null

),

message_profiles as (

    select * from {{ ref('message_profiles') }}

)

select
    message_profiles.profile_id,
    group_calls.group_id as account_id,
    {{ homespun.latest(
        'group_calls.account_role', ['group_calls.timestamp', 'group_calls.message_id']
    ) }} as account_role,
    min(group_calls.timestamp) as first_seen_at,
    max(group_calls.timestamp) as last_seen_at
from group_calls
inner join message_profiles on group_calls.message_id = message_profiles.message_id
group by 1, 2
