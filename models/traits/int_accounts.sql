with

groups as (

    select * from {{ ref('groups') }}
    where group_id is not null

),

as_of as (

    select * from {{ ref('as_of') }}

),

said as (

    select groups.*
    from groups
    inner join as_of on groups.timestamp <= as_of.as_of

)

select
    group_id as account_id,
    {{ homespun.latest('name', ['timestamp', 'id']) }} as name,
    {{ homespun.latest('plan', ['timestamp', 'id']) }} as plan,
    {{ homespun.latest('industry', ['timestamp', 'id']) }} as industry
from said
group by 1
