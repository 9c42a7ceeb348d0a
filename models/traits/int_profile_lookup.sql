{{ config(materialized='view') }}

{{ homespun.owned_events(for_some=true) }}
