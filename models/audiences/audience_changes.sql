{{ config(
    materialized='incremental', full_refresh=false, on_schema_change='append_new_columns'
) }}

-- Each audience writes here itself when it is built (see record_audience_changes), so that building
-- one alone keeps its history too; this model only makes the table. It is never rebuilt: what was
-- known at a past build can't be computed again.
select
    cast(null as {{ dbt.type_string() }}) as audience,
    cast(null as {{ dbt.type_string() }}) as profile_id,
    cast(null as {{ dbt.type_string() }}) as change,
    cast(null as {{ dbt.type_timestamp() }}) as changed_at,
    cast(null as {{ dbt.type_string() }}) as reason,
    cast(null as {{ api.Column.translate_type('bigint') }}) as build_number
where 1 = 0
