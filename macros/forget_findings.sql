{# Delete all findings when the tracking plan is not the one that they were made by. #}
{% macro forget_findings() -%}
{%- set plan = ref('homespun', 'stg_plan_version') -%}
{% if is_incremental() %}
delete from {{ this }}
where not exists (
    select 1 from {{ plan }} as plan
    inner join {{ this }} as found on plan.plan_version = found.plan_version
)
{% endif %}
{%- endmacro %}
