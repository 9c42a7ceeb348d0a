{#
    A condition of an audience: is the profile one of the first `number` by a trait, the largest first,
    of all or of each group that has one value of the trait `per`? Who lacks the trait is not; of
    equals the profile id decides. `among` is a condition that all who are ranked must meet.

    {{ homespun.top(100, by='lifetime_value', per='address_country') }}
#}
{% macro top(number, by, per=none, among='true', ascending=false) -%}
    {%- if number is not integer or number < 1 -%}
        {{ exceptions.raise_compiler_error(
            "homespun.top: '" ~ number ~ "' is no number of profiles such as 100"
        ) }}
    {%- endif -%}
    {%- do homespun.check_trait(by) -%}
    {%- if per is not none -%}
        {%- do homespun.check_trait(per) -%}
    {%- endif -%}
    {%- set ranked -%}
        select profile_id, {{ by }} as ranked_by, row_number() over (
            {{ 'partition by ' ~ per if per is not none }}
            order by {{ by }} {{ 'asc' if ascending else 'desc' }}, profile_id
        ) as place
        from {{ ref('homespun', 'profile_traits') }}
        where {{ by }} is not null {{ 'and ' ~ per ~ ' is not null' if per is not none }} and ({{ among }})
    {%- endset -%}
    {{ return(homespun.condition(
        'one of the ' ~ ('last ' if ascending else 'first ') ~ number ~ ' by ' ~ by
        ~ (' per ' ~ per if per is not none else ''),
        'profile_id in (select profile_id from (' ~ ranked ~ ') as ranked where place <= '
        ~ number ~ ')',
        "select 'place ' || place || ' with ' || ranked_by from (" ~ ranked
        ~ ') as ranked where profile_id = $profile'
    )) }}
{%- endmacro %}
