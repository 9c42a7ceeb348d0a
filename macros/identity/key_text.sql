{# An identifier's key as text: a profile_id. #}
{% macro key_text(key) -%}
    {{ return(adapter.dispatch('key_text', 'homespun')(key)) }}
{%- endmacro %}

{% macro default__key_text(key) -%}
    {{ key }}
{%- endmacro %}

{% macro duckdb__key_text(key) -%}
    replace(cast({{ key }} as varchar), '-', '')
{%- endmacro %}
