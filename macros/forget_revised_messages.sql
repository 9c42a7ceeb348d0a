{#
    Delete the rows of messages that are not what they were: an earlier delivery came to light, or
    the tracking plan blocks, releases or trims them now. The hook before an incremental model that
    has one row per message; what the message is now comes in with the rows that are new.
#}
{% macro forget_revised_messages(id_column='id') -%}
{%- set revisions = ref('homespun', 'stg_revisions') -%}
{% if model.config.incremental_strategy == 'append' and homespun.has_revisions() %}
delete from {{ this }}
where {{ id_column }} in (
    select message_id from {{ revisions }}
    where {{ homespun.is_new() }}
)
{% endif %}
{%- endmacro %}
