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

{# Delete the findings about messages of which an earlier delivery came to light. #}
{% macro forget_revised_findings() -%}
{%- set messages = ref('homespun', 'stg_messages') -%}
{% if is_incremental() %}
delete from {{ this }}
where message_key in (
    select message_key from {{ messages }}
    where is_revision and {{ homespun.is_new() }}
)
{% endif %}
{%- endmacro %}
