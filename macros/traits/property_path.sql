{#
    The keys of a property's path as the tracking plan writes it: a dot goes one level down, and `\.`
    is a dot in a key.

    | call                                     | is                     |
    |------------------------------------------|------------------------|
    | homespun.property_path('address.city')   | ['address', 'city']    |
    | homespun.property_path('utm\\.source')   | ['utm.source']         |
#}
{% macro property_path(property) -%}
    {%- set keys = [] -%}
    {%- for key in (property | replace('\\.', '\n')).split('.') -%}
        {%- do keys.append(key | replace('\n', '.') | replace('\\\\', '\\')) -%}
    {%- endfor -%}
    {{ return(keys) }}
{%- endmacro %}
