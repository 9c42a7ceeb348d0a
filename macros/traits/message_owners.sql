{#
    Whose each message is: a select of message_id, owner_key and said_by, the settings that decided it.
    The one place where traits learn by which identifier a message belongs to a profile.
#}
{% macro message_owners() -%}
    select
        message_id,
        identifier_key as owner_key,
        said_by
    from {{ ref('homespun', 'int_message_identifiers') }}
    where is_deciding and not is_gone
{%- endmacro %}
