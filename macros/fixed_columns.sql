{#
    The columns that tables have whatever the plan says, for what is in the traits, properties or
    context of a message: a list of {call, table, name, type}. Those of a context are of every call,
    and '*' stands for their tables; as text they hold everything, and are left out.
#}
{% macro fixed_columns() -%}
    {%- set found = [] -%}
    {%- for call, table, columns in [
        ('identify', 'identifies', homespun.user_traits()),
        ('group', 'groups', homespun.account_traits()),
        ('page', 'pages', homespun.page_properties()),
        ('screen', 'screens', homespun.screen_properties()),
        (none, '*', homespun.context_columns() | rejectattr('type', 'equalto', 'string') | list),
    ] -%}
        {%- for column in columns -%}
            {%- do found.append({
                'call': call, 'table': table, 'name': column.name, 'type': column.type
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
