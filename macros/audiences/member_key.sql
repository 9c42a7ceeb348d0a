{#
    What an audience's members are known by: profile_id, or account_id in an audience of accounts, which
    has no profile_id.
#}
{% macro member_key(audience) -%}
    {%- set columns = adapter.get_columns_in_relation(audience) | map(attribute='name') | list -%}
    {{ return('account_id' if 'account_id' in columns and 'profile_id' not in columns else 'profile_id') }}
{%- endmacro %}
