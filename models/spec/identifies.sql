{%- set traits = homespun.user_traits() -%}

with

messages as (

    {{ homespun.spec_messages('identify', 'traits', traits) }}

)

select
    {{ homespun.spec_columns() }},
    {{ homespun.typed_columns(traits) }},
    {{ homespun.spec_times() }}
from messages
