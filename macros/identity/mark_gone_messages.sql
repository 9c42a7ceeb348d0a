{#
    Mark the rows of messages that are not what they were: an earlier delivery came to light, the
    tracking plan blocks, releases or trims them now, or other settings say what an identifier is. The
    hook before int_message_identifiers, which then adds what the messages say now. The rows stay, so
    that the models downstream learn what to forget; `what` is revised or said_otherwise.
#}
{% macro mark_gone_messages(what) -%}
{%- set revisions = ref('homespun', 'stg_revisions') -%}
{%- set is_said_so = homespun.is_said_so() -%}
{% if is_incremental() %}
update {{ this }}
set
    is_gone = true,
    is_deciding = false,
    build_number = {{ homespun.build_number() }}
where
    not is_gone
    {%- if what == 'revised' %}
    and message_id in (
        select message_id from {{ revisions }}
        where {{ homespun.is_new('not is_gone and ' ~ is_said_so) }}
    )
    {%- else %}
    and not {{ is_said_so }}
    {%- endif %}
{% endif %}
{%- endmacro %}
