{{ config(materialized='view') }}

with

identifiers as (

    select * from {{ ref('int_identifiers') }}
    where first_deciding_key != identifier_key

),

later_edges as (

    select * from {{ ref('int_later_edges') }}
    where not is_gone

)

select
    first_deciding_key as left_key,
    identifier_key as right_key,
    first_message_id as message_id,
    {{ homespun.link_rule('is_first_alias') }} as link_rule,
    priority,
    first_seen_at as timestamp
from identifiers

union all

select
    left_key,
    right_key,
    message_id,
    {{ homespun.link_rule('is_alias') }} as link_rule,
    priority,
    timestamp
from later_edges
