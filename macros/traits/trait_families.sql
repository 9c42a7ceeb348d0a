{#
    The families of a model's traits (see traits_by_profile), as a list of {name, condition, since,
    merges, columns}: which events they read, how far back where windows bound them, and whether their
    traits can be merged. Each column is told its family's name, whether it can be merged, and the value
    that is kept of it, as {name, code, merge}: the trait itself, or its part.
#}
{% macro trait_families(columns) -%}
    {%- set families = {} -%}
    {%- set names = columns | map(attribute='name') | list -%}
    {%- for column in columns -%}
        {%- if column.part and column.name ~ '_part' in names -%}
            {{ exceptions.raise_compiler_error(
                "homespun.by_profile: '" ~ column.name ~ "_part' is what '" ~ column.name
                ~ "' keeps for the next build: give that trait another name"
            ) }}
        {%- endif -%}
        {%- set merges = true if column.merge or column.part else false -%}
        {%- set key = tojson([column.events, column.since is not none, merges]) -%}
        {%- if key not in families -%}
            {%- do families.update({key: {
                'name': 'family_' ~ (families | length + 1),
                'events': column.events,
                'since': none,
                'minutes': 0,
                'merges': merges,
                'columns': [],
            }}) -%}
        {%- endif -%}
        {%- set family = families[key] -%}
        {%- do column.update({'family': family.name, 'merges': merges, 'value': (
            dict(column.part, name=column.name ~ '_part') if column.part
            else {'name': column.name, 'code': column.code, 'merge': column.merge}
        )}) -%}
        {%- do family.columns.append(column) -%}
        {%- if column.since -%}
            {%- set reach = homespun.duration(column.since).minutes -%}
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
