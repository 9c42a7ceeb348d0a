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
