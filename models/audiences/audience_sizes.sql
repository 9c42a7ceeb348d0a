{{ config(materialized='view') }}

with

audience_builds as (

    select * from {{ ref('audience_builds') }}

),

changes as (

    select
        audience,
        build_number,
        count(case when change = 'entered' then profile_id end) as entered_count,
        count(case when change = 'exited' then profile_id end) as exited_count
    from {{ ref('audience_changes') }}
    group by 1, 2

)

select
    audience_builds.audience,
    audience_builds.build_number,
    audience_builds.member_count,
    coalesce(changes.entered_count, 0) as entered_count,
    coalesce(changes.exited_count, 0) as exited_count,
    audience_builds.as_of
from audience_builds
left join changes
    on
        audience_builds.audience = changes.audience
        and audience_builds.build_number = changes.build_number
