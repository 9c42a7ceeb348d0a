{#
    Run statements in order, in one round trip where the warehouse allows; the answer to the last.
#}
{% macro run_statements(statements) -%}
    {{ return(adapter.dispatch('run_statements', 'homespun')(statements)) }}
{%- endmacro %}

{% macro default__run_statements(statements) -%}
    {% set answers = [] %}
    {% for statement in statements %}
        {% do answers.append(run_query(statement)) %}
    {% endfor %}
    {{ return(answers[-1]) }}
{%- endmacro %}

{% macro duckdb__run_statements(statements) -%}
    {{ return(run_query(statements | join(';\n'))) }}
{%- endmacro %}
