{{ config(enabled=(project_name == 'homespun')) }}

select
    account_id,
    profile_id
from {{ ref('account_profiles') }}
group by 1, 2
having count(*) > 1
