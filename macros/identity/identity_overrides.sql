{#
    What people decided about identities, as a select: the seed that the var names. A project that
    installs this one as a package and names no seed of its own has decided nothing.
#}
{% macro identity_overrides() -%}
    {%- set seed = var('homespun_identity_overrides') -%}
    {%- if project_name == 'homespun' or seed != 'identity_overrides' -%}
    select * from {{ ref(project_name, seed) }}
    {%- else -%}
    select
        {% for column in ['action', 'id_type', 'id_value', 'other_id_type', 'other_id_value'] -%}
        cast(null as {{ dbt.type_string() }}) as {{ column }},
        {% endfor -%}
        cast(null as {{ dbt.type_timestamp() }}) as decided_at
    where 1 = 0
    {%- endif -%}
{%- endmacro %}
