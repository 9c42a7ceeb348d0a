{{ config(enabled=(project_name == 'homespun')) }}

select
    audience,
    build_number
from {{ ref('audience_sizes') }}
group by 1, 2
having count(*) > 1
