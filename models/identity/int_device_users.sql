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

    select
        *,
        right_type in (
            ''
            {%- for device in devices %},
            '{{ device.type }}'
            {%- endfor %}
        ) as is_device
    from {{ ref('int_later_edges') }}
    where left_type in ('user_id', 'email')

),
{%- if is_incremental() %}

new_edges as (

    select
        right_key,
        is_device
    from later_edges
    where build_number > {{ homespun.last_build(this) }}

),

touched as (

    select right_key from new_edges
    where is_device

    union

    -- What was a device before the settings changed.
    select new_edges.right_key
    from new_edges
    inner join {{ this }} as known on new_edges.right_key = known.identifier_key
    where not new_edges.is_device

),

touched_edges as (

    select later_edges.*
    from later_edges
    inner join touched on later_edges.right_key = touched.right_key

)
{%- else %}

touched_edges as (

    select * from later_edges
    where is_device

)
{%- endif %}

-- With each edge stands who was there when the device was seen first.
select
    right_key as identifier_key,
    count(case when is_device and not is_gone and left_type = 'user_id' then 1 end)
    + max(case when is_device and first_deciding_type = 'user_id' then 1 else 0 end)
        as user_id_count,
    count(case when is_device and not is_gone and left_type = 'email' then 1 end)
    + max(case when is_device and first_deciding_type = 'email' then 1 else 0 end)
        as email_count,
    {{ homespun.build_number() }} as build_number
from touched_edges
group by 1
