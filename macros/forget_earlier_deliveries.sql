{#
    Delete what was known of a message before a delivery came that was received earlier (is_revision).
    The hook after stg_messages: it looks for few rows among all, where an incremental strategy that
    deletes would look for every new one. It is the hook before too, so that a run that breaks off in
    between is made good by the next.
#}
{% macro forget_earlier_deliveries() -%}
{% if is_incremental() %}
delete from {{ this }}
where (message_key, loaded_at) in (
    select
        known.message_key,
        known.loaded_at
    from {{ this }} as known
    inner join (
        select
            message_key,
            max(loaded_at) as loaded_at
        from {{ this }}
        where is_revision
        group by 1
    ) as revised on known.message_key = revised.message_key and known.loaded_at < revised.loaded_at
)
{% endif %}
{%- endmacro %}
