{#
    Until when the events were loaded that the model's table was made of, as SQL, where this version of
    its select made it, so that its rows can be kept; none where they can't, as in a full refresh or
    in a unit test.
#}
{% macro kept_state(version) -%}
    {%- if not execute or flags.FULL_REFRESH or model.resource_type != 'model' -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set relation = adapter.get_relation(
        database=this.database, schema=this.schema, identifier=this.identifier
    ) -%}
    {%- if relation is none or relation.is_view -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set columns = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
    {%- if 'made_by' not in columns -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set question -%}
        select
            min(made_by) as made_by,
            cast(max(loaded_at) as {{ dbt.type_string() }}) as loaded_at
        from {{ relation }}
    {%- endset -%}
    {%- set state = run_query(question).rows[0] -%}
    {%- if state[0] != version or state[1] is none -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return("cast('" ~ state[1] ~ "' as " ~ dbt.type_timestamp() ~ ')') }}
{%- endmacro %}
