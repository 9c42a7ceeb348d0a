{#
    The latest known value of a column in a group: of its values that are not null, the one that comes
    last by the given order, which must be total (end it with the message id) and have no nulls.

    | call                                        | is                                            |
    |---------------------------------------------|-----------------------------------------------|
    | homespun.latest('email', ['timestamp','id']) | the email said last, null if none was said    |
#}
{% macro latest(column, order_columns) -%}
    {%- if order_columns is string or order_columns | length == 0 -%}
        {{ exceptions.raise_compiler_error(
            "homespun.latest: order_columns must be a list such as ['timestamp', 'id'], not "
            ~ order_columns
        ) }}
    {%- endif -%}
    {{ return(adapter.dispatch('latest', 'homespun')(column, order_columns)) }}
{%- endmacro %}

{% macro default__latest(column, order_columns) -%}
    (
        array_agg({{ column }} order by {{ order_columns | join(' desc, ') }} desc)
            filter (where {{ column }} is not null)
    )[1]
{%- endmacro %}

{% macro duckdb__latest(column, order_columns) -%}
    {%- if order_columns | length == 1 -%}
    arg_max({{ column }}, {{ order_columns[0] }})
    {%- else -%}
    {{ homespun.default__latest(column, order_columns) }}
    {%- endif -%}
{%- endmacro %}
