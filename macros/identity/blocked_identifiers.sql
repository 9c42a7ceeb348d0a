{#
    What is no identifier, as people listed it in the seed that the var names: {id_type, match, value}.
    Read before the model's SQL is written, since a pattern that is a literal there is compiled once
    and not for each row. Empty where no seed was built yet.
#}
{% macro blocked_identifiers() -%}
    {% set seed = ref(project_name, var('homespun_blocked_identifiers')) %}
    {% set blocked = [] %}
    {% if execute and adapter.get_relation(seed.database, seed.schema, seed.identifier) is not none %}
        {% set select_blocked %}
            select id_type, match, value from {{ seed }}
            order by id_type, match, value
        {% endset %}
        {% for row in run_query(select_blocked).rows %}
            {% do blocked.append({'id_type': row[0], 'match': row[1], 'value': row[2]}) %}
        {% endfor %}
    {% endif %}
    {{ return(blocked) }}
{%- endmacro %}
