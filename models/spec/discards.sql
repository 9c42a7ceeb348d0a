{{ config(materialized='view') }}

with

findings as (

    select * from {{ ref('stg_findings') }}
    where finding = 'discarded'

)

select
    message_id,
    table_name,
    column_name,
    field,
    value,
    detail as reason,
    received_at,
    loaded_at
from findings
