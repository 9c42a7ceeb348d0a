{{ config(enabled=(project_name == 'homespun')) }}

select count(*) as row_count
from {{ ref('as_of') }}
having count(*) != 1
