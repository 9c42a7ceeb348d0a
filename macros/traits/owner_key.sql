{# A key of an identifier, narrow enough to be in every row of a long table. #}
{% macro owner_key(id_type, id_value) -%}
    {{ return(adapter.dispatch('owner_key', 'homespun')(id_type, id_value)) }}
{%- endmacro %}

{% macro default__owner_key(id_type, id_value) -%}
    {{ return(homespun.profile_id(id_type, id_value)) }}
{%- endmacro %}

{% macro duckdb__owner_key(id_type, id_value) -%}
    md5_number({{ dbt.concat([id_type, "':'", id_value]) }})
{%- endmacro %}
