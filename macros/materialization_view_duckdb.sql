{#
    A view on DuckDB, replaced in place: one statement, where dbt makes another, renames both and drops
    the old one. A build makes two dozen views each time, mostly as they were. A table that is to
    become a view is left to dbt.
#}
{% materialization view, adapter='duckdb' -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- if existing_relation is not none and not existing_relation.is_view -%}
        {{ return(dbt.materialization_view_default()) }}
    {%- endif -%}
    {%- set view = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(sql) -%}
    {%- endif -%}
    {% call statement('main') -%}
        {{ config.get('sql_header', '') }}
        create or replace view {{ view }} as (
            {{ sql }}
        )
    {%- endcall %}
    {%- do persist_docs(view, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [view]}) }}
{%- endmaterialization %}
