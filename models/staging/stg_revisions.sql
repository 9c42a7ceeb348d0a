{{ config(materialized='view') }}

with

messages as (

    select * from {{ ref('stg_messages') }}
    where is_revision

),

verdicts as (

    select * from {{ ref('stg_verdicts') }}
    where is_revision

)

select
    message_id,
    loaded_at
from messages

union all

select
    message_id,
    loaded_at
from verdicts
