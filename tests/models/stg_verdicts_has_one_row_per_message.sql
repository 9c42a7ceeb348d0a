{{ config(enabled=(project_name == 'homespun')) }}

select message_key
from {{ ref('stg_verdicts') }}
where message_key is not null
group by 1
having count(*) > 1
