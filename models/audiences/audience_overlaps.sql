{{ config(materialized='view') }}

with

members as (

    select
        audience,
        profile_id
    from {{ ref('audience_memberships') }}
    where exited_at is null

),

sizes as (

    select
        audience,
        count(*) as member_count
    from members
    group by 1

),

shared as (

    select
        members.audience,
        others.audience as other_audience,
        count(*) as shared_count
    from members
    inner join members as others
        on members.profile_id = others.profile_id and members.audience != others.audience
    group by 1, 2

)

select
    sizes.audience,
    other_sizes.audience as other_audience,
    sizes.member_count,
    other_sizes.member_count as other_member_count,
    coalesce(shared.shared_count, 0) as shared_count
from sizes
inner join sizes as other_sizes on sizes.audience != other_sizes.audience
left join shared
    on sizes.audience = shared.audience and other_sizes.audience = shared.other_audience
