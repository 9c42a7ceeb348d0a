{{
    config(
        materialized='incremental',
        on_schema_change='append_new_columns',
        incremental_strategy='delete+insert',
        unique_key='identifier_key'
    )
}}

with

message_identifiers as {{ homespun.inline() }} (

    select * from {{ ref('int_message_identifiers') }}

),

all_mentions as {{ homespun.inline() }} (

    select
        identifier_key,
        id_type,
        id_value,
        message_id,
        deciding_type,
        deciding_key,
        priority,
        is_alias,
        is_gone,
        timestamp,
        timestamp as last_seen_at,
        case when is_deciding then timestamp end as first_decided_at,
        case when is_deciding then timestamp end as last_decided_at,
        build_number
    from message_identifiers

),
{%- if is_incremental() %}
{%- set last_build = homespun.last_build(this) %}

new_mentions as (

    select * from all_mentions
    where build_number > {{ last_build }}

),

touched as (

    select
        identifier_key,
        max(case when is_gone then 1 else 0 end) = 1 as is_revised
    from new_mentions
    group by 1

),

revised as (

    select identifier_key from touched
    where is_revised

),

known as (

    select
        known.*,
        touched.is_revised
    from {{ this }} as known
    inner join touched on known.identifier_key = touched.identifier_key

),

-- What is known of an identifier stands for its older mentions, unless one of them is gone.
mentions as (

    select new_mentions.*
    from new_mentions
    left join revised on new_mentions.identifier_key = revised.identifier_key
    where revised.identifier_key is null

    union all

    select
        identifier_key,
        id_type,
        id_value,
        first_message_id as message_id,
        first_deciding_type as deciding_type,
        first_deciding_key as deciding_key,
        priority,
        is_first_alias as is_alias,
        false as is_gone,
        first_seen_at as timestamp,
        last_seen_at,
        first_decided_at,
        last_decided_at,
        build_number
    from known
    where not is_revised and first_message_id is not null

    union all

    select all_mentions.*
    from all_mentions
    inner join revised on all_mentions.identifier_key = revised.identifier_key

),
{%- else %}

mentions as {{ homespun.inline() }} (

    select * from all_mentions

),
{%- endif %}

spans as (

    -- Rows that are gone still make a row, so that an identifier nobody says any more is marked so.
    select
        identifier_key,
        count(*) as mention_count,
        coalesce(min(case when not is_gone then timestamp end), min(timestamp)) as first_seen_at,
        max(case when not is_gone then last_seen_at end) as last_seen_at,
        max(case when not is_gone then last_seen_at end) is null as is_gone,
        min(first_decided_at) as first_decided_at,
        max(last_decided_at) as last_decided_at
    from mentions
    group by 1

),

first_mentions as {{ homespun.inline() }} (

    select
        spans.*,
        mentions.id_type,
        mentions.id_value,
        mentions.message_id,
        mentions.deciding_type,
        mentions.deciding_key,
        mentions.priority,
        mentions.is_alias
    from spans
    inner join mentions
        on
            spans.identifier_key = mentions.identifier_key
            and spans.first_seen_at = mentions.timestamp
            and spans.is_gone = mentions.is_gone

),

tied as (

    -- Of messages at the same time the one with the smaller id was first; a few identifiers have
    -- such, so that the others need not be put in order.
    select identifier_key from first_mentions
    where mention_count > 1
    group by 1
    having count(*) > 1

),

untied as (

    select
        first_mentions.*,
        row_number() over (
            partition by first_mentions.identifier_key
            order by first_mentions.message_id, first_mentions.priority
        ) as place
    from first_mentions
    inner join tied on first_mentions.identifier_key = tied.identifier_key

),

firsts as (

    select
        first_mentions.*,
        1 as place
    from first_mentions
    left join tied on first_mentions.identifier_key = tied.identifier_key
    where tied.identifier_key is null

    union all

    select * from untied
    where place = 1

),

identifiers as (

    select
        identifier_key,
        id_type,
        id_value,
        case when not is_gone then message_id end as first_message_id,
        case when not is_gone then deciding_type end as first_deciding_type,
        case when not is_gone then deciding_key end as first_deciding_key,
        priority,
        case when not is_gone then is_alias end as is_first_alias,
        case when not is_gone then first_seen_at end as first_seen_at,
        last_seen_at,
        first_decided_at,
        last_decided_at
    from firsts

)

{%- if is_incremental() %}

select
    identifiers.*,
    least(
        coalesce(identifiers.first_seen_at, known.first_seen_at),
        coalesce(known.changed_from, identifiers.first_seen_at)
    ) as changed_from,
    case
        when
            known.first_message_id is not distinct from identifiers.first_message_id
            and known.first_deciding_key is not distinct from identifiers.first_deciding_key
            and known.first_seen_at is not distinct from identifiers.first_seen_at
            and known.identifier_key is not null
            then known.changed_in
        else {{ homespun.build_number() }}
    end as changed_in,
    coalesce(known.created_in, {{ homespun.build_number() }}) as created_in,
    {{ homespun.build_number() }} as build_number
from identifiers
left join known on identifiers.identifier_key = known.identifier_key
{%- else %}

select
    *,
    first_seen_at as changed_from,
    {{ homespun.build_number() }} as changed_in,
    {{ homespun.build_number() }} as created_in,
    {{ homespun.build_number() }} as build_number
from identifiers
{%- endif %}
