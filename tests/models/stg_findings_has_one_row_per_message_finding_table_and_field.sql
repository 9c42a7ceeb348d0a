{{ config(enabled=(project_name == 'homespun')) }}

select
    message_id,
    finding,
    table_name,
    field
from {{ ref('stg_findings') }}
where message_key is not null
group by 1, 2, 3, 4
having count(*) > 1
