{#
    The traits of a user that the Spec reserves, as columns of identifies and users: a list of
    {name, path, type}. `id` is left out: the column of that name is the message's.
#}
{% macro user_traits() -%}
    {%- set columns = [] -%}
    {%- for path, type in [
        (['address', 'city'], 'string'),
        (['address', 'country'], 'string'),
        (['address', 'postal_code'], 'string'),
        (['address', 'state'], 'string'),
        (['address', 'street'], 'string'),
        (['age'], 'integer'),
        (['avatar'], 'string'),
        (['birthday'], 'timestamp'),
        (['company', 'employee_count'], 'integer'),
        (['company', 'id'], 'string'),
        (['company', 'industry'], 'string'),
        (['company', 'name'], 'string'),
        (['company', 'plan'], 'string'),
        (['created_at'], 'timestamp'),
        (['description'], 'string'),
        (['email'], 'string'),
        (['first_name'], 'string'),
        (['gender'], 'string'),
        (['last_name'], 'string'),
        (['name'], 'string'),
        (['phone'], 'string'),
        (['plan'], 'string'),
        (['title'], 'string'),
        (['username'], 'string'),
        (['website'], 'string'),
    ] -%}
        {%- do columns.append({'name': path | join('_'), 'path': path, 'type': type}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
