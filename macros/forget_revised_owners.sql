{#
    Delete the users or accounts that revised messages are about (see forget_revised_messages), so
    that they are made anew of what is left. The hook before users and accounts.
#}
{% macro forget_revised_owners(owner_column) -%}
{%- set owners = ref('homespun', 'stg_revised_owners') -%}
{% if homespun.has_revisions() %}
delete from {{ this }}
where id in (
    select {{ owner_column }} from {{ owners }}
    where {{ homespun.is_new() }}
)
{% endif %}
{%- endmacro %}
