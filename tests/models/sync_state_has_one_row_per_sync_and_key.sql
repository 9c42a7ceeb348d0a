{{ config(enabled=(project_name == 'homespun')) }}

select
    sync,
    key
from {{ ref('sync_state') }}
group by 1, 2
having count(*) > 1
