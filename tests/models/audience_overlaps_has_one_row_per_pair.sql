{{ config(enabled=(project_name == 'homespun')) }}

select
    audience,
    other_audience
from {{ ref('audience_overlaps') }}
group by 1, 2
having count(*) > 1
