{{ config(materialized='view') }}

with

deliveries as (

    select * from {{ source('raw', 'events') }}

),

revisions as (

    select * from {{ ref('stg_revisions') }}

)

select
    revisions.message_id,
    deliveries.user_id,
    deliveries.group_id,
    revisions.loaded_at
from revisions
inner join deliveries on revisions.message_id = deliveries.message_id
