{{ config(enabled=(project_name == 'homespun')) }}

select profile_id
from {{ ref('id_graph') }}
where id_type = 'user_id'
group by 1
having count(*) > 1
