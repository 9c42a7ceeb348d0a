{{ config(enabled=(project_name == 'homespun')) }}

select
    action,
    left_key,
    right_key
from {{ ref('int_identity_overrides') }}
group by 1, 2, 3
having count(*) > 1
