{#
    The context of a message as Segment's columns: a list of {name, path, sent_as, type}, read in
    staging and carried by every spec table. sent_as is the path in camel case, as libraries send it.
    Arrays and objects without fixed keys come as JSON text.
#}
{% macro context_columns() -%}
    {%- set columns = [] -%}
    {%- for path, type in [
        (['active'], 'boolean'),
        (['app', 'build'], 'string'),
        (['app', 'name'], 'string'),
        (['app', 'namespace'], 'string'),
        (['app', 'version'], 'string'),
        (['campaign', 'content'], 'string'),
        (['campaign', 'medium'], 'string'),
        (['campaign', 'name'], 'string'),
        (['campaign', 'source'], 'string'),
        (['campaign', 'term'], 'string'),
        (['channel'], 'string'),
        (['consent', 'category_preferences'], 'string'),
        (['device', 'ad_tracking_enabled'], 'boolean'),
        (['device', 'advertising_id'], 'string'),
        (['device', 'id'], 'string'),
        (['device', 'manufacturer'], 'string'),
        (['device', 'model'], 'string'),
        (['device', 'name'], 'string'),
        (['device', 'token'], 'string'),
        (['device', 'type'], 'string'),
        (['device', 'version'], 'string'),
        (['external_ids'], 'string'),
        (['group_id'], 'string'),
        (['ip'], 'string'),
        (['library', 'name'], 'string'),
        (['library', 'version'], 'string'),
        (['locale'], 'string'),
        (['location', 'city'], 'string'),
        (['location', 'country'], 'string'),
        (['location', 'region'], 'string'),
        (['network', 'bluetooth'], 'boolean'),
        (['network', 'carrier'], 'string'),
        (['network', 'cellular'], 'boolean'),
        (['network', 'wifi'], 'boolean'),
        (['os', 'name'], 'string'),
        (['os', 'version'], 'string'),
        (['page', 'path'], 'string'),
        (['page', 'referrer'], 'string'),
        (['page', 'search'], 'string'),
        (['page', 'title'], 'string'),
        (['page', 'url'], 'string'),
        (['personas', 'computation_class'], 'string'),
        (['personas', 'computation_id'], 'string'),
        (['personas', 'computation_key'], 'string'),
        (['personas', 'namespace'], 'string'),
        (['personas', 'space_id'], 'string'),
        (['protocols', 'event_version'], 'integer'),
        (['referrer', 'id'], 'string'),
        (['referrer', 'link'], 'string'),
        (['referrer', 'name'], 'string'),
        (['referrer', 'type'], 'string'),
        (['referrer', 'url'], 'string'),
        (['screen', 'density'], 'number'),
        (['screen', 'height'], 'number'),
        (['screen', 'width'], 'number'),
        (['timezone'], 'string'),
        (['traits', 'email'], 'string'),
        (['user_agent'], 'string'),
        (['user_agent_data', 'bitness'], 'string'),
        (['user_agent_data', 'brands'], 'string'),
        (['user_agent_data', 'full_version_list'], 'string'),
        (['user_agent_data', 'mobile'], 'boolean'),
        (['user_agent_data', 'model'], 'string'),
        (['user_agent_data', 'platform'], 'string'),
        (['user_agent_data', 'platform_version'], 'string'),
        (['user_agent_data', 'ua_full_version'], 'string'),
        (['user_agent_data', 'wow64'], 'boolean'),
    ] -%}
        {%- set sent_as = [] -%}
        {%- for key in path -%}
            {%- set words = key.split('_') -%}
            {%- set camel_words = words[1:] | map('capitalize') | join('') -%}
            {%- do sent_as.append(words[0] ~ camel_words) -%}
        {%- endfor -%}
        {%- do columns.append({
            'name': 'context_' ~ path | join('_'), 'path': path, 'sent_as': sent_as, 'type': type
        }) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
