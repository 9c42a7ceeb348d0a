{{ config(enabled=(project_name == 'homespun')) }}

select
    profile_id,
    id_type
from {{ ref('id_graph') }}
where profile_id not in (
    -- What a person merged may hold more.
    select profile_id from {{ ref('profile_merges') }}
    where rule = 'override'
)
group by 1, 2
having count(*) > {{ homespun.limit_of('id_type') }}
