{#
    A table on DuckDB, replaced in place: one statement, where dbt makes another, renames both and drops
    the old one. What that cannot do as safely is left to dbt: a contract, an index or an order, which
    take more statements than one, a model in Python, and a view that is to become a table.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- if (
        (existing_relation is not none and not existing_relation.is_table)
        or model.language != 'sql'
        or config.get('contract').enforced
        or config.get('indexes')
        or config.get('partitioned_by')
        or config.get('partition_by')
        or config.get('sorted_by')
        or config.get('sort_by')
    ) -%}
        {{ return(dbt.materialization_table_duckdb()) }}
    {%- endif -%}
    {%- set table = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {{ config.get('sql_header', '') }}
        {{ homespun.create_or_replace_table(table, '(' ~ sql ~ '\n)') }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(table, config.get('grants'), should_revoke=true) -%}
    {%- do persist_docs(table, model) -%}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [table]}) }}
{%- endmaterialization %}
