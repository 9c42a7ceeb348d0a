{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='identifier_number'
    )
}}

{%- set devices = homespun.identifier_types() | selectattr('is_device') | map(attribute='type') | list %}

with

edges as (

    select * from {{ ref('int_identity_edges') }}
    where
        left_type in ('user_id', 'email')
        and right_type in ('{{ devices | join("', '") }}')

),

touched as (

    select right_number from edges
    {%- if is_incremental() %}
    where build_number > (select coalesce(max(build_number), 0) from {{ this }})
    {%- endif %}
    group by 1

)

select
    edges.right_number as identifier_number,
    count(case when not edges.is_gone and edges.left_type = 'user_id' then 1 end) as user_id_count,
    count(case when not edges.is_gone and edges.left_type = 'email' then 1 end) as email_count,
    {{ homespun.build_number() }} as build_number
from edges
inner join touched on edges.right_number = touched.right_number
group by 1
