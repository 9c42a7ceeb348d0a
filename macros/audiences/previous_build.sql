{#
    The last recorded build of an audience, as {definition, as_of, loaded_until}, moments as SQL;
    none if there is none.
#}
{% macro previous_build(builds, audience) -%}
    {%- set question -%}
        select
            definition,
            cast(as_of as {{ dbt.type_string() }}) as as_of,
            cast(loaded_until as {{ dbt.type_string() }}) as loaded_until
        from {{ builds }}
        where audience = {{ homespun.quoted(audience) }}
        order by build_number desc
        limit 1
    {%- endset -%}
    {%- set rows = run_query(question).rows -%}
    {%- if rows | length == 0 or rows[0][2] is none -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return({
        'definition': rows[0][0],
        'as_of': "cast('" ~ rows[0][1] ~ "' as " ~ dbt.type_timestamp() ~ ')',
        'loaded_until': "cast('" ~ rows[0][2] ~ "' as " ~ dbt.type_timestamp() ~ ')',
    }) }}
{%- endmacro %}
