{{ config(materialized='view') }}

with

audience_changes as (

    select * from {{ ref('audience_changes') }}

),

followed as (

    select
        *,
        lead(reason) over (
            partition by audience, profile_id
            order by coalesce(build_number, 0), changed_at
        ) as next_reason,
        lead(build_number) over (
            partition by audience, profile_id
            order by coalesce(build_number, 0), changed_at
        ) as next_build_number,
        lead(changed_at) over (
            partition by audience, profile_id
            order by coalesce(build_number, 0), changed_at
        ) as next_changed_at
    from audience_changes

)

select
    audience,
    profile_id,
    reason as entered_reason,
    next_reason as exited_reason,
    build_number as entered_build_number,
    next_build_number as exited_build_number,
    changed_at as entered_at,
    next_changed_at as exited_at
from followed
where change = 'entered'
