{{ config(enabled=(project_name == 'homespun')) }}

select
    message_id,
    refused_id_type,
    refused_id_value
from {{ ref('identity_conflicts') }}
group by 1, 2, 3
having count(*) > 1
