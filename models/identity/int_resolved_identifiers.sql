{{ config(materialized='identity_resolution') }}

-- depends_on: {{ ref('int_identifiers') }}
-- depends_on: {{ ref('int_later_edges') }}
-- depends_on: {{ ref('int_device_users') }}
-- depends_on: {{ ref('int_identity_overrides') }}
-- depends_on: {{ ref('int_identity_settings') }}
select * from {{ ref('int_identity_edges') }}
