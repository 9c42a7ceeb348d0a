{{ config(enabled=(project_name == 'homespun')) }}

select
    call_type,
    event,
    version,
    path
from {{ ref('stg_plan') }}
group by 1, 2, 3, 4
having count(*) > 1
