{#
    A spec table of one planned event, whole: the columns of tracks and one per property, as Segment's
    warehouses have them. `properties` maps each column's name to its type.

    | call                                                       | is                                 |
    |------------------------------------------------------------|------------------------------------|
    | homespun.event_table('order_refunded', {'order_id':        | One row per Order Refunded call,   |
    |     'string', 'total': 'number'})                          | with its order and amount          |

    Types: string, number, integer, boolean, timestamp, array (as JSON text).
#}
{% macro event_table(event, properties) -%}
    {%- set columns = [] -%}
    {%- set reserved_columns = homespun.reserved_columns('track') -%}
    {%- for name, type in properties.items() -%}
        {%- if name in reserved_columns -%}
            {{ exceptions.raise_compiler_error(
                "homespun.event_table: '" ~ name ~ "' is a column of every event table, or reserved; "
                ~ "a property of that name is kept in discards"
            ) }}
        {%- endif -%}
        {%- do columns.append({'name': name, 'type': type}) -%}
    {%- endfor -%}
with

messages as (

    {{ homespun.spec_messages('track', 'properties', columns, event=event) }}

)

select
    {{ homespun.spec_columns() }},
    event_slug as event,
    event as event_text,
    {{ homespun.typed_columns(columns) ~ ',' if columns }}
    {{ homespun.spec_times() }}
from messages
{%- endmacro %}
