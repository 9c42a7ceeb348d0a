{{ config(enabled=(project_name == 'homespun')) }}

select
    message_id,
    category
from {{ ref('message_consents') }}
group by 1, 2
having count(*) > 1
