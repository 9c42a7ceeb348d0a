{# An exact decimal for money and other numbers that people sum. #}
{% macro type_number() -%}
    {{ return(adapter.dispatch('type_number', 'homespun')()) }}
{%- endmacro %}

{% macro default__type_number() -%}
    decimal(38, 9)
{%- endmacro %}
