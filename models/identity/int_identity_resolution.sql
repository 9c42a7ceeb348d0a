{{ config(materialized='identity_resolution') }}

with

edges as (

    select * from {{ ref('int_identity_edges') }}

)

select
    edge_number,
    left_number,
    right_number,
    left_is_exclusive,
    right_is_exclusive
from edges
