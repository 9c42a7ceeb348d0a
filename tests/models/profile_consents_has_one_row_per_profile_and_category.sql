{{ config(enabled=(project_name == 'homespun')) }}

select
    profile_id,
    category
from {{ ref('profile_consents') }}
group by 1, 2
having count(*) > 1
