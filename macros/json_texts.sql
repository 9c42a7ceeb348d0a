{#
    The texts at several paths of a JSON column as one list, so that the document is parsed once:
    four times faster than a call for each path. The first path's text is item 1.

    | call                                                         | is                             |
    |--------------------------------------------------------------|--------------------------------|
    | homespun.json_texts('context', [['ip'], ['page', 'url']])    | [context.ip, context.page.url] |
#}
{% macro json_texts(column, paths) -%}
    {{ return(adapter.dispatch('json_texts', 'homespun')(column, paths)) }}
{%- endmacro %}

{% macro duckdb__json_texts(column, paths) -%}
    json_extract_string({{ column }}, [
        {%- for path in paths %}
        '{{ homespun.json_path_literal(path) }}'{{ ',' if not loop.last }}
        {%- endfor %}
    ])
{%- endmacro %}
