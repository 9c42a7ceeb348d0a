with

tracks as (

    select * from {{ ref('homespun', 'tracks') }}
    where event = 'article_read'

),

message_profiles as (

    select * from {{ ref('homespun', 'message_profiles') }}

),

profile_traits as (

    select * from {{ ref('homespun', 'profile_traits') }}

),

readings as (

    select
        message_profiles.profile_id,
        tracks.timestamp,
        row_number() over (
            partition by message_profiles.profile_id
            order by tracks.timestamp, tracks.id
        ) as reading
    from tracks
    inner join message_profiles on tracks.id = message_profiles.message_id

)

select
    profile_traits.profile_id,
    profile_traits.user_id,
    profile_traits.email,
    readings.timestamp as entered_at
from profile_traits
inner join readings on profile_traits.profile_id = readings.profile_id
where readings.reading = 3
