{# Which devices too many people used: identifier_key, is_shared. #}
{% macro shared_devices() -%}
    {% set limit = var('homespun_shared_device_limit') | int %}
    select
        identifier_key,
        {% if limit > 0 -%}
        user_id_count > {{ limit }} or email_count > {{ limit }} as is_shared
        {%- else -%}
        false as is_shared
        {%- endif %}
    from {{ ref('int_device_users') }}
{%- endmacro %}
