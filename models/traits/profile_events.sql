{{ config(materialized='view') }}

{{ homespun.owned_events() }}
