{# A property's path (see homespun.property_path) with each key in snake case: what all its spellings share. #}
{% macro property_slug(property) -%}
    {%- set slugs = [] -%}
    {%- for key in homespun.property_path(property) -%}
        {%- do slugs.append(homespun.event_slug(key)) -%}
    {%- endfor -%}
    {{ return(slugs | join('.')) }}
{%- endmacro %}
