{{ config(enabled=var('homespun_watch_syncs', false)) }}

with

sync_runs as (

    select * from {{ ref('sync_runs') }}

),

latest as (

    select
        sync,
        max(case when status = 'done' then finished_at end) as done_at
    from sync_runs
    group by 1

)

select
    sync,
    done_at
from latest
where
    done_at is null
    or {{ dbt.datediff(
        'done_at', "cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S') ~ "' as timestamp)", 'hour'
    ) }} > {{ var('homespun_sync_max_age_hours') }}
