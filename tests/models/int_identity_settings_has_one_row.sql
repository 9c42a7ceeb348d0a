{{ config(enabled=(project_name == 'homespun')) }}

select count(*) as row_count
from {{ ref('int_identity_settings') }}
having count(*) != 1
