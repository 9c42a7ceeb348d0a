{{ config(
    incremental_strategy='delete+insert',
    unique_key='id',
    pre_hook="{{ homespun.forget_revised_owners('group_id') }}"
) }}

with

groups as (

    select * from {{ ref('groups') }}
    where group_id is not null

),

{% if is_incremental() -%}
touched as (

    select group_id from groups
    where {{ homespun.is_new() }}

    union all

    select group_id from {{ ref('stg_revised_owners') }}
    where {{ homespun.is_new() }}

),

calls as (

    select * from groups
    where group_id in (select touched.group_id from touched)

)
{%- else -%}
calls as (

    select * from groups

)
{%- endif %}

select
    group_id as id,
    {% for trait in homespun.account_traits() %}
    {{ homespun.latest(trait.name, ['timestamp', 'id']) }} as {{ trait.name }},
    {% endfor %}
    max(received_at) as received_at,
    max(loaded_at) as loaded_at
from calls
group by 1
