with

id_graph as (

    select * from {{ ref('id_graph') }}

),

message_profiles as (

    select * from {{ ref('message_profiles') }}

),

events as (

    select * from {{ ref('stg_events') }}

),

identifiers as (

    select
        profile_id,
        max(case when id_type = 'user_id' then id_value end) as user_id,
        {{ homespun.latest(
            "case when id_type = 'email' then id_value end", ['last_seen_at', 'id_value']
        ) }} as email,
        {{ homespun.json_list("case when id_type = 'anonymous_id' then id_value end") }}
            as anonymous_ids,
        count(*) as identifier_count
    from id_graph
    group by 1

),

activity as (

    select
        message_profiles.profile_id,
        min(events.timestamp) as first_seen_at,
        max(events.timestamp) as last_seen_at
    from message_profiles
    inner join events on message_profiles.message_id = events.message_id
    group by 1

)

select
    identifiers.profile_id,
    identifiers.user_id,
    identifiers.email,
    identifiers.anonymous_ids,
    identifiers.identifier_count,
    activity.first_seen_at,
    activity.last_seen_at
from identifiers
inner join activity on identifiers.profile_id = activity.profile_id
