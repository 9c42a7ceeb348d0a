{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='message_key'
) }}
{%- set messages = ref('stg_messages') %}

with

findings as {{ homespun.inline() }} (

    select * from {{ ref('stg_findings') }}

),

judged as (

    select max(loaded_at) as loaded_at from findings
    where message_key is null

),

current_verdicts as (

    select
        message_key,
        message_id,
        max(case when reaction = 'block' then 1 else 0 end) = 1 as is_blocked,
        nullif({{ homespun.json_list('patch') }}, '[]') as patches,
        max(loaded_at) as loaded_at
    from findings
    where message_key is not null and reaction in ('omit', 'block')
    group by 1, 2

),

{% if is_incremental() -%}
known as (

    select * from {{ this }}
    where message_key is not null

),

revised as (

    select message_key from {{ messages }}
    where is_revision and {{ homespun.is_new() }}

),

seen as (

    -- Up to when messages were judged at the last build, and a moment after all that was shown.
    select
        max(case when known.message_key is null then known.loaded_at end) as judged_until,
        greatest(max(known.loaded_at), max(judged.loaded_at)) + interval '1 microsecond' as now
    from {{ this }} as known
    cross join judged

),

compared as (

    select
        coalesce(current_verdicts.message_key, known.message_key) as message_key,
        coalesce(current_verdicts.message_id, known.message_id) as message_id,
        coalesce(current_verdicts.is_blocked, false) as is_blocked,
        current_verdicts.patches,
        current_verdicts.loaded_at,
        known.message_key is not null as is_known
    from current_verdicts
    full outer join known on current_verdicts.message_key = known.message_key
    where
        coalesce(current_verdicts.is_blocked, false) != coalesce(known.is_blocked, false)
        or current_verdicts.patches is distinct from known.patches
        or known.message_key in (select revised.message_key from revised)

),

verdicts as (

    select
        compared.message_key,
        compared.message_id,
        compared.is_blocked,
        compared.patches,
        compared.is_known or compared.loaded_at <= seen.judged_until as is_revision,
        case
            when compared.is_known or compared.loaded_at <= seen.judged_until then seen.now
            else compared.loaded_at
        end as loaded_at
    from compared
    cross join seen

),
{%- else -%}
verdicts as (

    select
        message_key,
        message_id,
        is_blocked,
        patches,
        false as is_revision,
        loaded_at
    from current_verdicts

),
{%- endif %}

judged_until as (

    -- The row without a message says up to when messages were judged.
    select
        null as message_key,
        null as message_id,
        false as is_blocked,
        null as patches,
        false as is_revision,
        loaded_at
    from judged

)

select * from verdicts
union all
select * from judged_until
