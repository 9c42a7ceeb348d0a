{{ config(
    incremental_strategy='delete+insert',
    unique_key='id',
    pre_hook="{{ homespun.forget_revised_owners('group_id') }}"
) }}

with

groups as {{ homespun.inline() }} (

    select * from {{ ref('groups') }}
    where group_id is not null

),

{% if is_incremental() -%}
touched as (

    select group_id from groups
    where {{ homespun.is_new() }}
    {%- if homespun.has_revisions() %}

    union all

    select group_id from {{ ref('stg_revised_owners') }}
    where {{ homespun.is_new() }}
    {%- endif %}

),

calls as (

    select * from groups
    where group_id in (select touched.group_id from touched)

),
{%- else -%}
calls as (

    select * from groups

),
{%- endif %}

numbered as (

    -- One number is quicker to compare, for each trait, than a time and an id. No trait is named
    -- so: snake case begins with no underscore.
    select
        *,
        row_number() over (partition by group_id order by timestamp, id) as _call_number
    from calls

)

select
    group_id as id,
    {% for trait in homespun.account_traits() %}
    {{ homespun.latest(trait.name, ['_call_number']) }} as {{ trait.name }},
    {% endfor %}
    max(received_at) as received_at,
    max(loaded_at) as loaded_at
from numbered
group by 1
