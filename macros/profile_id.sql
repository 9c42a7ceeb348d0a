{# The id of the profile whose first-ever identifier this is. #}
{% macro profile_id(id_type, id_value) -%}
    {{ return(dbt.hash(dbt.concat([id_type, "':'", id_value]))) }}
{%- endmacro %}
