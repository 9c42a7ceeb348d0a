{#
    The traits of a group that the Spec reserves, as columns of groups and accounts: a list of
    {name, path, type}. `id` is left out: the column of that name is the message's.
#}
{% macro account_traits() -%}
    {%- set columns = [] -%}
    {%- for path, type in [
        (['address', 'city'], 'string'),
        (['address', 'country'], 'string'),
        (['address', 'postal_code'], 'string'),
        (['address', 'state'], 'string'),
        (['address', 'street'], 'string'),
        (['avatar'], 'string'),
        (['created_at'], 'timestamp'),
        (['description'], 'string'),
        (['email'], 'string'),
        (['employees'], 'integer'),
        (['industry'], 'string'),
        (['name'], 'string'),
        (['phone'], 'string'),
        (['plan'], 'string'),
        (['website'], 'string'),
    ] -%}
        {%- do columns.append({'name': path | join('_'), 'path': path, 'type': type}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
