{{ config(enabled=(project_name == 'homespun')) }}

select
    message_id,
    integration
from {{ ref('message_integrations') }}
group by 1, 2
having count(*) > 1
