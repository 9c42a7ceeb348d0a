{# The traits of users and accounts whose columns are no text: a list of {call, name, type}. #}
{% macro typed_traits() -%}
    {%- set found = [] -%}
    {%- for call, traits in [
        ('identify', homespun.user_traits()), ('group', homespun.account_traits())
    ] -%}
        {%- for trait in traits if trait.type != 'string' -%}
            {%- do found.append({'call': call, 'name': trait.name, 'type': trait.type}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
