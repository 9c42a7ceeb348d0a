{{ config(enabled=(project_name == 'homespun')) }}

select
    message_id,
    id_type,
    id_value
from {{ ref('int_said_identifiers') }}
group by 1, 2, 3
having count(*) > 1
