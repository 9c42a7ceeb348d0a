{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['left_key', 'right_key']
    )
}}

{%- set order = ['is_gone', 'timestamp', 'message_id'] %}

with

mentions as {{ homespun.inline() }} (

    select
        identifier_key,
        id_type,
        message_id,
        deciding_type,
        deciding_key,
        priority,
        is_alias,
        is_gone,
        timestamp,
        build_number
    from {{ ref('int_message_identifiers') }}
    where not is_deciding and identifier_key != deciding_key

),

identifiers as {{ homespun.inline() }} (

    select * from {{ ref('int_identifiers') }}

),
{%- if is_incremental() %}
{%- set last_build = homespun.last_build(this) %}

new_mentions as (

    select * from mentions
    where build_number > {{ last_build }}

),

new_identifiers as (

    select * from identifiers
    where build_number > {{ last_build }}

),

revised as (

    -- Of whom all pairs are made anew: another message showed them first, or one is gone.
    select identifier_key from new_identifiers
    where
        changed_in > {{ last_build }}
        and (
            created_in <= {{ last_build }}
            -- All of them were made from nothing since, so that none says what it was before.
            or (select min(created_in) from identifiers) > {{ last_build }}
        )

    union

    select identifier_key from new_mentions
    where is_gone

),

known as (

    select
        known.*,
        revised.identifier_key is not null as is_revised
    from {{ this }} as known
    left join revised on known.right_key = revised.identifier_key
    where
        revised.identifier_key is not null
        or known.right_key in (select new_mentions.identifier_key from new_mentions)

),

later_mentions as (

    select
        new_mentions.*,
        new_identifiers.first_deciding_type
    from new_mentions
    inner join new_identifiers on new_mentions.identifier_key = new_identifiers.identifier_key
    left join revised on new_mentions.identifier_key = revised.identifier_key
    where
        revised.identifier_key is null
        and new_mentions.deciding_key != new_identifiers.first_deciding_key

    union all

    select
        right_key as identifier_key,
        right_type as id_type,
        message_id,
        left_type as deciding_type,
        left_key as deciding_key,
        priority,
        is_alias,
        is_gone,
        timestamp,
        build_number,
        first_deciding_type
    from known
    where not is_revised

    union all

    -- The pair that came to be the first is no later one any more.
    select
        mentions.identifier_key,
        mentions.id_type,
        mentions.message_id,
        mentions.deciding_type,
        mentions.deciding_key,
        mentions.priority,
        mentions.is_alias,
        mentions.is_gone
        or mentions.deciding_key is not distinct from new_identifiers.first_deciding_key
            as is_gone,
        mentions.timestamp,
        mentions.build_number,
        new_identifiers.first_deciding_type
    from mentions
    inner join revised on mentions.identifier_key = revised.identifier_key
    inner join new_identifiers on mentions.identifier_key = new_identifiers.identifier_key

),
{%- else %}

later_mentions as (

    select
        mentions.*,
        identifiers.first_deciding_type
    from mentions
    inner join identifiers on mentions.identifier_key = identifiers.identifier_key
    where mentions.deciding_key is distinct from identifiers.first_deciding_key

),
{%- endif %}

pairs as (

    -- A pair that no message shows any more has its row, marked so.
    select
        deciding_key as left_key,
        identifier_key as right_key,
        {{ dbt.any_value('deciding_type') }} as left_type,
        {{ dbt.any_value('id_type') }} as right_type,
        {{ homespun.first_by('message_id', order) }} as message_id,
        {{ dbt.any_value('first_deciding_type') }} as first_deciding_type,
        min(priority) as priority,
        {{ homespun.first_by('is_alias', order) }} as is_alias,
        coalesce(min(case when not is_gone then timestamp end), min(timestamp)) as timestamp,
        min(case when is_gone then 1 else 0 end) = 1 as is_gone
    from later_mentions
    group by 1, 2

)

{%- if is_incremental() %}

select
    pairs.left_key,
    pairs.right_key,
    pairs.left_type,
    pairs.right_type,
    pairs.message_id,
    pairs.first_deciding_type,
    pairs.priority,
    pairs.is_alias,
    pairs.is_gone,
    pairs.timestamp,
    least(pairs.timestamp, coalesce(known.changed_from, pairs.timestamp)) as changed_from,
    case
        when
            known.message_id = pairs.message_id
            and known.is_alias = pairs.is_alias
            and known.timestamp = pairs.timestamp
            and known.is_gone = pairs.is_gone
            then known.changed_in
        else {{ homespun.build_number() }}
    end as changed_in,
    {{ homespun.build_number() }} as build_number
from pairs
left join known
    on pairs.left_key = known.left_key and pairs.right_key = known.right_key
{%- else %}

select
    left_key,
    right_key,
    left_type,
    right_type,
    message_id,
    first_deciding_type,
    priority,
    is_alias,
    is_gone,
    timestamp,
    timestamp as changed_from,
    {{ homespun.build_number() }} as changed_in,
    {{ homespun.build_number() }} as build_number
from pairs
{%- endif %}
