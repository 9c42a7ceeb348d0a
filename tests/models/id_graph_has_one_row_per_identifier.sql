{{ config(enabled=(project_name == 'homespun')) }}

select
    id_type,
    id_value
from {{ ref('id_graph') }}
group by 1, 2
having count(*) > 1
