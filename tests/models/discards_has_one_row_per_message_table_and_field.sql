{{ config(enabled=(project_name == 'homespun')) }}

select
    message_id,
    table_name,
    field,
    column_name
from {{ ref('discards') }}
group by 1, 2, 3, 4
having count(*) > 1
