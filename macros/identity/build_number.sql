{#
    A number that is larger in each build than in those before: it marks rows as changed for the models
    downstream, and nothing else depends on it.
#}
{% macro build_number() -%}
    cast({{ (run_started_at.timestamp() * 1000000) | int }} as bigint)
{%- endmacro %}
