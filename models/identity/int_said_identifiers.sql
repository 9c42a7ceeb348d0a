{{ config(materialized='view') }}

with

events as (

    select * from {{ ref('stg_events') }}

)

{{ homespun.said_identifiers() }}
