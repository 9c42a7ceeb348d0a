{#
    The context of a message as Segment's columns: a list of {name, path, type}, read in staging and
    carried by every spec table. Arrays and objects without fixed keys come as JSON text.
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
    ] -%}
        {%- do columns.append({
            'name': 'context_' ~ path | join('_'), 'path': path, 'type': type
        }) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
