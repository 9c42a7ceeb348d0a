{{ config(materialized='view') }}

with

findings as (

    select * from {{ ref('stg_findings') }}
    where message_id is not null and finding != 'discarded'

)

select
    message_id,
    event,
    type,
    finding as violation,
    field,
    detail,
    reaction,
    received_at,
    loaded_at
from findings
