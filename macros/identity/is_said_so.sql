{# Was the row made by the settings of now? #}
{% macro is_said_so() -%}
    said_by = (select said_by from {{ ref('homespun', 'int_identity_settings') }})
{%- endmacro %}
