{# Run the statements that are queued; DuckDB takes them all at once, which saves most of their cost. #}
{% macro run_pending(work) -%}
    {% if work.pending %}
        {% do homespun.run_statements(work.pending) %}
        {% do work.update({'pending': []}) %}
    {% endif %}
{%- endmacro %}

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
