{{ config(
    materialized='incremental', full_refresh=false, on_schema_change='append_new_columns'
) }}

-- `homespun sync` writes here at the end of each run; this model only makes the table.
select
    cast(null as {{ dbt.type_string() }}) as sync,
    cast(null as {{ dbt.type_string() }}) as run,
    cast(null as {{ dbt.type_string() }}) as key,
    cast(null as {{ dbt.type_string() }}) as operation,
    cast(null as {{ dbt.type_string() }}) as status,
    cast(null as {{ dbt.type_string() }}) as error,
    cast(null as {{ dbt.type_int() }}) as attempts,
    cast(null as {{ dbt.type_timestamp() }}) as at,
    cast(null as {{ dbt.type_bigint() }}) as {{ adapter.quote('sequence') }},
    cast(null as {{ dbt.type_string() }}) as batch,
    cast(null as {{ dbt.type_string() }}) as change
where 1 = 0
