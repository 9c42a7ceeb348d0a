{# Run the statements that are queued; DuckDB takes them all at once, which saves most of their cost. #}
{% macro run_pending(work) -%}
    {% if work.pending %}
        {% do homespun.run_statements(work.pending) %}
        {% do work.update({'pending': []}) %}
    {% endif %}
{%- endmacro %}
