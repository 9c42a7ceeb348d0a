{{ config(
    incremental_strategy='delete+insert',
    unique_key='id',
    pre_hook="{{ homespun.forget_revised_owners('user_id') }}"
) }}

with

identifies as {{ homespun.inline() }} (

    select * from {{ ref('identifies') }}
    where user_id is not null

),

{% if is_incremental() -%}
touched as (

    select user_id from identifies
    where {{ homespun.is_new() }}
    {%- if homespun.has_revisions() %}

    union all

    select user_id from {{ ref('stg_revised_owners') }}
    where {{ homespun.is_new() }}
    {%- endif %}

),

calls as (

    select * from identifies
    where user_id in (select touched.user_id from touched)

),
{%- else -%}
calls as (

    select * from identifies

),
{%- endif %}

numbered as (

    -- One number is quicker to compare, for each trait, than a time and an id. No trait is named
    -- so: snake case begins with no underscore.
    select
        *,
        row_number() over (partition by user_id order by timestamp, id) as _call_number
    from calls

)

select
    user_id as id,
    {% for trait in homespun.user_traits() %}
    {{ homespun.latest(trait.name, ['_call_number']) }} as {{ trait.name }},
    {% endfor %}
    max(received_at) as received_at,
    max(loaded_at) as loaded_at
from numbered
group by 1
