with

id_graph as (

    select * from {{ ref('id_graph') }}

)

select
    {{ homespun.owner_key('id_type', 'id_value') }} as owner_key,
    profile_id
from id_graph
