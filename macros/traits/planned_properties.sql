{#
    What the tracking plan knows: the properties of each event, by the event's name in snake case.
    None while the plan is not in the warehouse, in unit tests, and for models that come with a
    package: another project's plan need not have the events of our examples.
#}
{% macro planned_properties() -%}
    {%- if not execute or model.resource_type != 'model' or model.package_name != project_name -%}
        {{ return(none) }}
    {%- endif -%}
    {#- Not by the var: an adopter's models see only their own project's vars. -#}
    {%- set plans = [] -%}
    {%- for node in graph.nodes.values() if node.unique_id == 'model.homespun.stg_plan' -%}
        {%- do plans.extend(node.depends_on.nodes) -%}
    {%- endfor -%}
    {%- for seed in graph.nodes.values() -%}
        {%- if seed.resource_type == 'seed' and seed.unique_id in plans -%}
            {%- set relation = adapter.get_relation(
                database=seed.database, schema=seed.schema, identifier=seed.alias
            ) -%}
            {%- if relation is not none -%}
                {%- set plan = {} -%}
                {%- set question -%}
                    select event, property from {{ relation }} where event is not null
                {%- endset -%}
                {%- for row in run_query(question).rows -%}
                    {%- set slug = homespun.event_slug(row[0]) -%}
                    {%- do plan.update({slug: plan.get(slug, []) + ([row[1]] if row[1] else [])}) -%}
                {%- endfor -%}
                {{ return(plan) }}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}
