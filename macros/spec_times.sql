{# The columns that every spec table ends with: the message's times, and when it was loaded. #}
{% macro spec_times() -%}
    received_at,
    sent_at,
    original_timestamp,
    timestamp,
    loaded_at
{%- endmacro %}
