{#
    A condition of an audience of accounts, on account_id: does any, do all, or does none of the
    account's profiles meet a condition? An account without profiles has not all of them.

    {{ homespun.accounts_with('all', homespun.performed('Signed In', within='30 days')) }}
#}
{% macro accounts_with(quantifier, condition) -%}
    {%- set says = [] -%}
    {%- set mark = '/[*] condition ([{].*?[}]) [*]/ ' -%}
    {%- for told in modules.re.findall(mark, condition) -%}
        {%- do says.append(fromjson(told).says) -%}
    {%- endfor -%}
    {#- What its profiles are asked is no condition on the account itself. -#}
    {%- set asked = '(' ~ modules.re.sub(mark, '', condition) ~ ')' -%}
    {%- set members = 'from ' ~ ref('homespun', 'account_profiles') -%}
    {%- set some = '(select account_id ' ~ members ~ ' where ' ~ asked ~ ')' -%}
    {%- set others = '(select account_id ' ~ members ~ ' where not coalesce(' ~ asked ~ ', false))' -%}
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
    {{ return(homespun.condition(
        quantifier ~ ' of its profiles: ' ~ says | join('; '),
        forms[quantifier],
        'select count(case when ' ~ asked ~ " then 1 end) || ' of ' || count(*) || ' profiles' "
        ~ members ~ ' where account_id = $profile'
    )) }}
{%- endmacro %}
