{#
    A condition of an audience of accounts, on account_id: does any, do all, or does none of the
    account's profiles meet a condition? An account without profiles has not all of them.

    {{ homespun.accounts_with('all', homespun.performed('Signed In', within='30 days')) }}
#}
{% macro accounts_with(quantifier, condition) -%}
    {%- set members = 'from ' ~ ref('homespun', 'account_profiles') -%}
    {%- set some = '(select account_id ' ~ members ~ ' where ' ~ condition ~ ')' -%}
    {%- set others = '(select account_id ' ~ members ~ ' where not coalesce((' ~ condition ~ '), false))' -%}
    {%- set forms = {
        'any': 'account_id in ' ~ some,
        'all': '(account_id in ' ~ some ~ ' and account_id not in ' ~ others ~ ')',
        'none': 'account_id not in ' ~ some,
    } -%}
    {%- if quantifier not in forms -%}
        {{ exceptions.raise_compiler_error(
            "homespun.accounts_with: '" ~ quantifier ~ "' is none of any, all, none"
        ) }}
    {%- endif -%}
    {{ return(forms[quantifier]) }}
{%- endmacro %}
