{#
    The value of a column in the first row of a group, by the given order, among the rows where the
    column is not null; the order must be total (end it with the message id).
#}
{% macro first_by(column, order_columns) -%}
    {{ return(adapter.dispatch('first_by', 'homespun')(column, order_columns)) }}
{%- endmacro %}

{% macro default__first_by(column, order_columns) -%}
    (
        array_agg({{ column }} order by {{ order_columns | join(', ') }})
            filter (where {{ column }} is not null)
    )[1]
{%- endmacro %}

{% macro duckdb__first_by(column, order_columns) -%}
    arg_min({{ column }}, row({{ order_columns | join(', ') }}))
{%- endmacro %}
