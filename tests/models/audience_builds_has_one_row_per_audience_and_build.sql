{{ config(enabled=(project_name == 'homespun')) }}

select
    audience,
    build_number
from {{ ref('audience_builds') }}
group by 1, 2
having count(*) > 1
