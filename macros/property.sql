{#
    A property or trait as a column: the text at a path, cast if a type is given; null where it does
    not fit the type. A key written in camel case counts as the same name in snake case.

    | call                                                     | reads                          |
    |----------------------------------------------------------|--------------------------------|
    | homespun.property('traits', ['first_name'])              | first_name, else firstName     |
    | homespun.property('properties', ['total'], 'number')     | total, as an exact number      |

    Types: string, number, integer, boolean, timestamp.
#}
{% macro property(column, path, type='string') -%}
    {%- set camel_path = [] -%}
    {%- for key in path -%}
        {%- set words = key.split('_') -%}
        {%- do camel_path.append(words[0] ~ (words[1:] | map('capitalize') | join(''))) -%}
    {%- endfor -%}
    {%- set text = homespun.json_text(column, path) -%}
    {%- if camel_path != path -%}
        {%- set text = 'coalesce(' ~ text ~ ', ' ~ homespun.json_text(column, camel_path) ~ ')' -%}
    {%- endif -%}
    {{ return(homespun.cast_text(text, type)) }}
{%- endmacro %}
