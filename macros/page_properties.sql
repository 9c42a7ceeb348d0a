{# The properties of a page that the Spec reserves, as columns of pages: a list of {name, type}. #}
{% macro page_properties() -%}
    {%- set columns = [] -%}
    {%- for name in [
        'name', 'category', 'path', 'referrer', 'search', 'title', 'url', 'keywords',
    ] -%}
        {%- do columns.append({'name': name, 'type': 'string'}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
