{# The properties of a screen that the Spec reserves, as columns of screens: a list of {name, type}. #}
{% macro screen_properties() -%}
    {{ return([{'name': 'name', 'type': 'string'}, {'name': 'category', 'type': 'string'}]) }}
{%- endmacro %}
