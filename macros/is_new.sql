{#
    A condition on a row of stg_events, or of what rests on it: is it newer than all that the model
    holds? True in a full build. Later loads have a later loaded_at, and so has whatever changed.

    The moment is asked for first and written as a literal: DuckDB applies a comparison with a
    subquery only after all joins, and reads the whole history for it. To find the latest row by its
    order reads the end of the history alone.
#}
{% macro is_new(of_rows='true') -%}
    {%- if execute and is_incremental() -%}
        {%- set question -%}
            select cast(max(loaded_at) as {{ dbt.type_string() }})
            from (
                select loaded_at from {{ this }}
                where {{ of_rows }}
                order by loaded_at desc nulls last
                limit 1
            ) as latest
        {%- endset -%}
        {%- set seen_until = run_query(question).columns[0].values()[0] -%}
        {%- if seen_until is none -%}
            true
        {%- else -%}
            loaded_at > cast('{{ seen_until }}' as {{ dbt.type_timestamp() }})
        {%- endif -%}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
