{{ config(enabled=(project_name == 'homespun')) }}

-- What a person merged may hold more.
with merged_by_hand as (
    select distinct profile_id from {{ ref('profile_merges') }}
    where rule = 'override'
),

counts as (
    select
        profile_id,
        id_type,
        count(*) as identifiers
    from {{ ref('id_graph') }}
    group by 1, 2
)

select
    counts.profile_id,
    counts.id_type,
    counts.identifiers
from counts
left join merged_by_hand on counts.profile_id = merged_by_hand.profile_id
where
    merged_by_hand.profile_id is null
    and counts.identifiers > {{ homespun.limit_of('counts.id_type') }}
