{#
    A property of the event in a row of profile_events, of one of the tracking plan's types. A dot
    goes one level down (`address.city`); `message.` names a column of the row itself. A key that was
    sent in camel case counts as the same name in snake case.

    | call                                                | is                                     |
    |-----------------------------------------------------|----------------------------------------|
    | homespun.property_value('total', 'number')          | the property total, an exact number    |
    | homespun.property_value('message.campaign_source')  | the column campaign_source             |
#}
{% macro property_value(property, type='string') -%}
    {%- if property.startswith('message.') -%}
        {{ return(homespun.cast_text(property[8:], type)) }}
    {%- endif -%}
    {%- set path = property.split('.') -%}
    {%- set camel_path = [] -%}
    {%- for key in path -%}
        {%- set words = key.split('_') -%}
        {%- do camel_path.append(words[0] ~ words[1:] | map('capitalize') | join) -%}
    {%- endfor -%}
    {%- if camel_path == path -%}
        {{ return(homespun.cast_text(homespun.json_text('properties', path), type)) }}
    {%- endif -%}
    {%- set texts = '(' ~ homespun.json_texts('properties', [path, camel_path]) ~ ')' -%}
    {{ return(homespun.cast_text('coalesce(' ~ texts ~ '[1], ' ~ texts ~ '[2])', type)) }}
{%- endmacro %}
