{{ config(enabled=(project_name == 'homespun')) }}

select
    id_type,
    id_value,
    other_id_type,
    other_id_value,
    coalesce(message_id, '') as message_id
from {{ ref('identity_links') }}
group by 1, 2, 3, 4, 5
having count(*) > 1
