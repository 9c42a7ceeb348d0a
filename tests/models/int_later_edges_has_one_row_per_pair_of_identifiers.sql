{{ config(enabled=(project_name == 'homespun')) }}

select
    left_key,
    right_key
from {{ ref('int_later_edges') }}
group by 1, 2
having count(*) > 1
