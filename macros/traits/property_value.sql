{#
    A property of the event in a row of profile_events, of one of the tracking plan's types. A dot
    goes one level down (`address.city`); `message.` names a column of the row itself.

    | call                                                | is                                     |
    |-----------------------------------------------------|----------------------------------------|
    | homespun.property_value('total', 'number')          | the property total, an exact number    |
    | homespun.property_value('message.campaign_source')  | the column campaign_source             |
#}
{% macro property_value(property, type='string') -%}
    {%- if property.startswith('message.') -%}
        {{ return(homespun.cast_text(property[8:], type)) }}
    {%- endif -%}
    {{ return(homespun.property('properties', property.split('.'), type)) }}
{%- endmacro %}
