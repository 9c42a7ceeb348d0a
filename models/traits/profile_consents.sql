with

consents as (

    select * from {{ ref('message_consents') }}

),

message_profiles as (

    select * from {{ ref('message_profiles') }}

),

as_of as (

    select * from {{ ref('as_of') }}

),

said as (

    select
        message_profiles.profile_id,
        coalesce(consents.anonymous_id, '') as device,
        consents.message_id,
        consents.category,
        consents.is_granted,
        consents.timestamp
    from consents
    inner join message_profiles on consents.message_id = message_profiles.message_id
    inner join as_of on consents.timestamp <= as_of.as_of

),

words as (

    select distinct
        profile_id,
        device,
        message_id,
        timestamp
    from said

),

numbered as (

    select
        *,
        row_number() over (
            partition by profile_id, device
            order by timestamp desc, message_id desc
        ) as age
    from words

),

last_words as (

    -- What each of a profile's devices said last; it replaces all that the device said before.
    select * from numbered
    where age = 1

),

categories as (

    -- The row without a category stands for all that a profile did not name: it refuses them.
    select
        profile_id,
        category
    from said

    union distinct

    select
        profile_id,
        null as category
    from said

),

answers as (

    -- A category that the last words do not name is refused.
    select
        categories.profile_id,
        categories.category,
        last_words.timestamp,
        coalesce(said.is_granted, false) as is_granted
    from categories
    inner join last_words on categories.profile_id = last_words.profile_id
    left join said
        on
            last_words.message_id = said.message_id
            and categories.category = said.category

)

select
    profile_id,
    category,
    case
        when min(case when is_granted then 1 else 0 end) = 1 then 'true'
        when max(case when is_granted then 1 else 0 end) = 0 then 'false'
        else 'conflict'
    end as preference,
    max(timestamp) as said_at
from answers
group by 1, 2
