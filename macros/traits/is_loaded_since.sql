{#
    A condition on a row of stg_events: was it loaded after all that the model holds? True in a full
    build. The moment is written as a literal, so that the warehouse can skip what is older.
#}
{% macro is_loaded_since() -%}
    {%- if execute and is_incremental() -%}
        {%- set question -%}
            select cast(max(loaded_at) as {{ dbt.type_string() }}) from {{ this }}
        {%- endset -%}
        {%- set moment = run_query(question).columns[0].values()[0] -%}
        {%- if moment is none -%}
            true
        {%- else -%}
            loaded_at > cast('{{ moment }}' as {{ dbt.type_timestamp() }})
        {%- endif -%}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
