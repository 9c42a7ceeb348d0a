{{ config(enabled=(project_name == 'homespun')) }}

select
    audience,
    profile_id,
    entered_build_number
from {{ ref('audience_memberships') }}
group by 1, 2, 3
having count(*) > 1
