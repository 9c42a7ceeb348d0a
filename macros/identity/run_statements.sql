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

{#
    In one transaction there, the last apart, whose answer would not come otherwise: to make sure of
    each by itself that it is on disk takes longer than most of them.
#}
{% macro duckdb__run_statements(statements) -%}
    {% set first = statements[:-1] %}
    {% if first %}
        {% set first = ['begin'] + first + ['commit'] %}
    {% endif %}
    {{ return(run_query((first + [statements[-1]]) | join(';\n'))) }}
{%- endmacro %}
