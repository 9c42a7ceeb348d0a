{%- set properties = homespun.screen_properties() -%}

with

messages as (

    {{ homespun.spec_messages('screen', 'properties', properties) }}

)

select
    {{ homespun.spec_columns() }},
    -- The call's own name; a property of that name only where there is none.
    coalesce(name, texts[1]) as name,
    {{ homespun.typed_columns(properties, skip=1) }},
    {{ homespun.spec_times() }}
from messages
