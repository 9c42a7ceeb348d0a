{#
    The names that a property or trait of a call can never have as a column, because every table of
    that call has a column of ours there, or because Segment's warehouses reserve them. Such a value
    is kept in discards.
#}
{% macro reserved_columns(call) -%}
    {%- set names = [
        'id', 'anonymous_id', 'user_id', 'sent_at', 'timestamp', 'received_at',
        'original_timestamp', 'channel', 'context_passed_ip', 'context_request_ip', 'source', 'loaded_at',
    ] -%}
    {%- do names.extend({
        'track': ['event', 'event_text', 'record_id'],
        'page': ['name'],
        'screen': ['name'],
        'group': ['group_id'],
        'alias': ['previous_id'],
    }.get(call, [])) -%}
    {%- for column in homespun.context_columns() -%}
        {%- do names.append(column.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
