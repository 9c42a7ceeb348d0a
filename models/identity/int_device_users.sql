{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='identifier_key'
    )
}}

{%- set devices = homespun.identifier_types() | selectattr('is_device') | list %}

with

later_edges as (

    select * from {{ ref('int_later_edges') }}
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

    select right_key from later_edges
    where build_number > {{ homespun.last_build(this) }}
    group by 1

),

touched_edges as (

    select later_edges.*
    from later_edges
    inner join touched on later_edges.right_key = touched.right_key

)
{%- else %}

touched_edges as (

    select * from later_edges

)
{%- endif %}

-- With each edge stands who was there when the device was seen first.
select
    right_key as identifier_key,
    count(case when not is_gone and left_type = 'user_id' then 1 end)
    + max(case when first_deciding_type = 'user_id' then 1 else 0 end) as user_id_count,
    count(case when not is_gone and left_type = 'email' then 1 end)
    + max(case when first_deciding_type = 'email' then 1 else 0 end) as email_count,
    {{ homespun.build_number() }} as build_number
from touched_edges
group by 1
