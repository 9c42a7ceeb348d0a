{# Which devices too many people used: identifier_key, is_shared, build_number. #}
{% macro shared_devices() -%}
    {% set limit = var('homespun_shared_device_limit') | int %}
    select
        identifier_key,
        {% if limit > 0 -%}
        user_id_count > {{ limit }} or email_count > {{ limit }} as is_shared,
        {%- else -%}
        false as is_shared,
        {%- endif %}
        build_number
    from {{ ref('int_device_users') }}
{%- endmacro %}
