{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='identifier_key'
    )
}}

{%- set devices = homespun.identifier_types() | selectattr('is_device') | list %}

with

edges as (

    select * from {{ ref('int_identity_edges') }}
    where
        left_type in ('user_id', 'email')
        and right_type in (
            {%- for device in devices %}
            '{{ device.type }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )

),
{%- if is_incremental() %}

touched as (

    select right_key from edges
    where build_number > (select coalesce(max(build_number), 0) from {{ this }})
    group by 1

),

touched_edges as (

    select edges.* from edges
    inner join touched on edges.right_key = touched.right_key

)
{%- else %}

touched_edges as (

    select * from edges

)
{%- endif %}

select
    right_key as identifier_key,
    count(case when not is_gone and left_type = 'user_id' then 1 end) as user_id_count,
    count(case when not is_gone and left_type = 'email' then 1 end) as email_count,
    max(build_number) as build_number
from touched_edges
group by 1
