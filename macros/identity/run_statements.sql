{# Run statements in order, in one round trip where the warehouse allows. #}
{% macro run_statements(statements) -%}
    {{ return(adapter.dispatch('run_statements', 'homespun')(statements)) }}
{%- endmacro %}

{% macro default__run_statements(statements) -%}
    {% for statement in statements %}
        {% do run_query(statement) %}
    {% endfor %}
{%- endmacro %}

{% macro duckdb__run_statements(statements) -%}
    {% do run_query(statements | join(';\n')) %}
{%- endmacro %}
