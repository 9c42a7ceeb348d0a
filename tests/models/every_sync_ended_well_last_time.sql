{{ config(enabled=var('homespun_watch_syncs', false)) }}

with

sync_runs as (

    select * from {{ ref('sync_runs') }}

),

numbered as (

    select
        *,
        row_number() over (partition by sync order by started_at desc, run asc) as place
    from sync_runs

)

select
    sync,
    run,
    status,
    error
from numbered
where place = 1 and status != 'done'
