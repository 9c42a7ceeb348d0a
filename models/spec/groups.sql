{%- set traits = homespun.account_traits() -%}

with

messages as (

    {{ homespun.spec_messages('group', 'traits', traits) }}

)

select
    {{ homespun.spec_columns() }},
    group_id,
    {{ homespun.typed_columns(traits) }},
    {{ homespun.spec_times() }}
from messages
