{{ config(enabled=(project_name == 'homespun')) }}

select
    message_id,
    id_type,
    id_value
from {{ ref('int_message_identifiers') }}
where not is_gone
group by 1, 2, 3
having count(*) > 1
