{#
    A path of keys in DuckDB's notation: `['page', 'url']` is `$."page"."url"`.
    Keys come from models, never from data.
#}
{% macro json_path_literal(path) -%}
    {%- if path is string or path is not iterable -%}
        {{ exceptions.raise_compiler_error(
            "homespun.json_path_literal: path must be a list of keys such as ['page', 'url'], not "
            ~ path
        ) }}
    {%- endif -%}
    {%- set steps = ['$'] -%}
    {%- for key in path -%}
        {%- do steps.append(
            '."' ~ key | replace('\\', '\\\\') | replace('"', '\\"') | replace("'", "''") ~ '"'
        ) -%}
    {%- endfor -%}
    {{ return(steps | join('')) }}
{%- endmacro %}
