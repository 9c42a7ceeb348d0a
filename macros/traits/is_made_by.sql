{#
    Was the model's table made by this version of its select, so that its rows can be kept? Never in a
    full refresh or in a unit test.
#}
{% macro is_made_by(version) -%}
    {%- if not execute or flags.FULL_REFRESH or model.resource_type != 'model' -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set relation = adapter.get_relation(
        database=this.database, schema=this.schema, identifier=this.identifier
    ) -%}
    {%- if relation is none or relation.is_view -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- if 'profile_state' not in columns -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set state = run_query('select min(profile_state) as state from ' ~ relation).columns[0].values()[0] -%}
    {{ return(state is not none and state.startswith(version)) }}
{%- endmacro %}
