{#
    A condition of an audience on a trait: a column of profile_traits, an operator of
    homespun.comparison and its values.

    {{ homespun.trait_is('lifetime_value', '>=', 500) }}
#}
{% macro trait_is(trait, operator) -%}
    {%- set traits = ref('homespun', 'profile_traits') -%}
    {%- set moment = ref('homespun', 'as_of') -%}
    {%- if not execute -%}
        {{ return('true') }}
    {%- endif -%}
    {%- do homespun.check_trait(trait) -%}
    {%- set text = 'cast(' ~ trait ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- set compared = homespun.comparison(
        {
            'text': text,
            'number': homespun.try_cast(trait, homespun.type_number()),
            'time': homespun.utc_timestamp(text),
        },
        operator,
        varargs,
        "trait '" ~ trait ~ "'"
    ) -%}
    {{ return(homespun.condition(
        ('trait ' ~ trait ~ ' ' ~ operator ~ ' ' ~ varargs | join(', ')) | trim,
        'profile_id in (select profile_id from ' ~ traits ~ ' cross join '
        ~ moment ~ ' as moment where ' ~ compared ~ ')',
        'select ' ~ trait ~ ' from ' ~ traits ~ ' where profile_id = $profile'
    )) }}
{%- endmacro %}
