{#
    Do columns have the names and types that the contract of the model at hand promises? Where the
    answer is no they may still, under other names of the types.

    dbt looks up each column of a model in a list of all, several times: a quarter of a second for a
    table of 85, and more than a quarter of a whole build with nothing new. The macros below answer
    dbt on DuckDB where all is plainly as it should be, and leave the rest, and its errors, to dbt.
    In a project that installs this one dbt asks them if its dbt_project.yml says so:

        dispatch:
          - {macro_namespace: dbt, search_order: [my_project, homespun, dbt]}
#}
{% macro keeps_contract(columns) -%}
    {%- set promised = {} -%}
    {%- for column in model.columns.values() -%}
        {%- do promised.update({column.name: column.data_type | lower | replace(' ', '')}) -%}
    {%- endfor -%}
    {%- set given = {} -%}
    {%- for column in columns -%}
        {%- do given.update({column.name: column.dtype | lower | replace(' ', '')}) -%}
    {%- endfor -%}
    {#- Names within a type, as an enum has them, tell upper from lower case. -#}
    {%- set types = promised.values() | join -%}
    {{ return(
        columns | length == promised | length
        and given == promised
        and "'" not in types
        and '"' not in types
    ) }}
{%- endmacro %}

{#
    What dbt asks before a model under a contract is made. The new rows of an incremental model are
    made without being asked: their columns are at hand when they are compared with its table's. dbt
    v2 can't see those of a temporary table.
#}
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
    {%- set is_compared = is_incremental() and config.get('on_schema_change', 'ignore') != 'ignore' -%}
    {%- if not is_compared or dbt_version.startswith('2') -%}
        {%- do homespun.duckdb__assert_contract(sql) -%}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__assert_contract(sql) -%}
    {%- set columns = get_column_schema_from_query(sql, config.get('sql_header', none)) -%}
    {%- if not homespun.keeps_contract(columns) -%}
        {%- do dbt.default__get_assert_columns_equivalent(sql) -%}
    {%- endif -%}
{%- endmacro %}

{#
    How the new rows of an incremental model and its table differ in their columns. Both lists come
    as a text each: to hand over a row for each column takes longer than to read them.
#}
{% macro duckdb__check_for_schema_changes(source_relation, target_relation) -%}
    {%- if dbt_version.startswith('2') -%}
        {{ return(dbt.default__check_for_schema_changes(source_relation, target_relation)) }}
    {%- endif -%}
    {%- set described -%}
        select to_json(list([column_name, column_type] order by column_name)) as columns
    {%- endset -%}
    {%- set question -%}
        select source.columns, target.columns
        from ({{ described }} from (describe {{ source_relation }})) as source
        cross join ({{ described }} from (describe {{ target_relation }})) as target
    {%- endset -%}
    {%- set found = run_query(question).rows[0] -%}
    {%- set columns = [] -%}
    {%- for name, type in fromjson(found[0]) -%}
        {%- do columns.append(api.Column(name, type)) -%}
    {%- endfor -%}
    {%- if config.get('contract').enforced and not homespun.keeps_contract(columns) -%}
        {%- do homespun.duckdb__assert_contract(compiled_code) -%}
    {%- endif -%}
    {%- if found[0] != found[1] -%}
        {{ return(dbt.default__check_for_schema_changes(source_relation, target_relation)) }}
    {%- endif -%}
    {{ return({
        'schema_changed': false,
        'source_not_in_target': [],
        'target_not_in_source': [],
        'source_columns': columns,
        'target_columns': columns,
        'new_target_types': [],
    }) }}
{%- endmacro %}
