{#
    A property of the event in a row of profile_events, of one of the tracking plan's types. A dot
    goes one level down (see homespun.property_path); `message.` names a column of the row itself. A
    key that was sent as it is written here counts first, then one in snake case or in camel case.

    | call                                                | is                                     |
    |-----------------------------------------------------|----------------------------------------|
    | homespun.property_value('total', 'number')          | the property total, an exact number    |
    | homespun.property_value('product_id')               | product_id, or else productId          |
    | homespun.property_value('message.campaign_source')  | the column campaign_source             |
#}
{% macro property_value(property, type='string') -%}
    {%- if property.startswith('message.') -%}
        {{ return(homespun.cast_text(property[8:], type)) }}
    {%- endif -%}
    {%- set path = homespun.property_path(property) -%}
    {%- set snake_path = [] -%}
    {%- set camel_path = [] -%}
    {%- for key in path -%}
        {%- set slug = homespun.event_slug(key) -%}
        {%- set words = slug.split('_') -%}
        {%- do snake_path.append(slug) -%}
        {%- do camel_path.append(words[0] ~ words[1:] | map('capitalize') | join) -%}
    {%- endfor -%}
    {%- set paths = [path] -%}
    {%- for other in [snake_path, camel_path] if other not in paths -%}
        {%- do paths.append(other) -%}
    {%- endfor -%}
    {%- if paths | length == 1 -%}
        {{ return(homespun.cast_text(homespun.json_text('properties', path), type)) }}
    {%- endif -%}
    {%- set texts = '(' ~ homespun.json_texts('properties', paths) ~ ')' -%}
    {%- set spellings = [] -%}
    {%- for _ in paths -%}
        {%- do spellings.append(texts ~ '[' ~ loop.index ~ ']') -%}
    {%- endfor -%}
    {{ return(homespun.cast_text('coalesce(' ~ spellings | join(', ') ~ ')', type)) }}
{%- endmacro %}
