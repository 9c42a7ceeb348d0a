{{ config(enabled=(project_name == 'homespun')) }}

select
    sync,
    {{ adapter.quote('sequence') }}
from {{ ref('sync_log') }}
group by 1, 2
having count(*) > 1
