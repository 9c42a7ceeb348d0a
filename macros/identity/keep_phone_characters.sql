{# A phone number as text without the characters that only part its digits. #}
{% macro keep_phone_characters(value) -%}
    {{ return(adapter.dispatch('keep_phone_characters', 'homespun')(value)) }}
{%- endmacro %}

{% macro duckdb__keep_phone_characters(value) -%}
    regexp_replace({{ value }}, '[-[:space:]().\/]', '', 'g')
{%- endmacro %}
