{{ config(enabled=(project_name == 'homespun')) }}

select
    profile_id,
    account_id
from {{ ref('profile_accounts') }}
group by 1, 2
having count(*) > 1
