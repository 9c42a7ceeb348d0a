{{ config(
    materialized='incremental', full_refresh=false, on_schema_change='append_new_columns',
    post_hook="{{ homespun.record_removed_audiences() }}"
) }}

-- Each audience writes here itself when it is built, as it does in audience_changes.
select
    cast(null as {{ dbt.type_string() }}) as audience,
    cast(null as {{ dbt.type_string() }}) as definition,
    cast(null as {{ api.Column.translate_type('bigint') }}) as build_number,
    cast(null as {{ api.Column.translate_type('bigint') }}) as member_count,
    cast(null as {{ dbt.type_timestamp() }}) as as_of,
    cast(null as {{ dbt.type_timestamp() }}) as loaded_until
where 1 = 0
