{{ config(
    materialized='incremental', full_refresh=false, on_schema_change='append_new_columns'
) }}

-- `homespun sync` writes here at the end of each run; this model only makes the table.
select
    cast(null as {{ dbt.type_string() }}) as sync,
    cast(null as {{ dbt.type_string() }}) as run,
    cast(null as {{ dbt.type_string() }}) as plan,
    cast(null as {{ dbt.type_timestamp() }}) as started_at,
    cast(null as {{ dbt.type_timestamp() }}) as finished_at,
    cast(null as {{ dbt.type_string() }}) as status,
    cast(null as {{ dbt.type_bigint() }}) as added,
    cast(null as {{ dbt.type_bigint() }}) as changed,
    cast(null as {{ dbt.type_bigint() }}) as removed,
    cast(null as {{ dbt.type_bigint() }}) as sent,
    cast(null as {{ dbt.type_bigint() }}) as rejected,
    cast(null as {{ dbt.type_bigint() }}) as held,
    cast(null as {{ dbt.type_bigint() }}) as requests,
    cast(null as {{ dbt.type_string() }}) as error,
    cast(null as {{ dbt.type_string() }}) as target
where 1 = 0
