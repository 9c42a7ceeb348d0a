{#
    The families of a model's traits (see traits_by_profile), as a list of {name, condition, since,
    columns}: which events they read, and how far back where windows bound them. Each column is told
    its family's name.
#}
{% macro trait_families(columns) -%}
    {%- set minutes = {'minute': 1, 'hour': 60, 'day': 1440, 'week': 10080} -%}
    {%- set families = {} -%}
    {%- for column in columns -%}
        {%- set key = tojson([column.events, column.since is not none]) -%}
        {%- if key not in families -%}
            {%- do families.update({key: {
                'name': 'family_' ~ (families | length + 1),
                'events': column.events,
                'since': none,
                'minutes': 0,
                'columns': [],
            }}) -%}
        {%- endif -%}
        {%- set family = families[key] -%}
        {%- do column.update({'family': family.name}) -%}
        {%- do family.columns.append(column) -%}
        {%- if column.since -%}
            {%- set length = homespun.duration(column.since) -%}
            {%- set reach = length.number * minutes[length.unit] -%}
            {%- if reach > family.minutes -%}
                {%- do family.update({'since': column.since, 'minutes': reach}) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for family in families.values() -%}
        {%- do family.update({
            'condition': homespun.event_condition(family.events or none, within=family.since)
        }) -%}
    {%- endfor -%}
    {{ return(families.values() | list) }}
{%- endmacro %}
