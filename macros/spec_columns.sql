{#
    The columns that every spec table begins with, as a select list over stg_events: the message's id,
    whose it is, where it came from, and its context.
#}
{% macro spec_columns() -%}
    message_id as id,
    anonymous_id,
    user_id,
    source
    {%- for column in homespun.context_columns() %},
    {{ column.name }}
    {%- endfor %}
{%- endmacro %}
