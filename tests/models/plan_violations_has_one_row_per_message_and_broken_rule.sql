{{ config(enabled=(project_name == 'homespun')) }}

select
    message_id,
    violation,
    field
from {{ ref('plan_violations') }}
group by 1, 2, 3
having count(*) > 1
