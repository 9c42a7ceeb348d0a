{#
    A condition of an audience: did the profile do such a thing (see homespun.event_condition) so
    often? Once at least where no number is given; who never did it did it 0 times.

    {{ homespun.performed('Order Completed', at_least=2, where=[['total', '>=', 100]], within='30 days') }}
    and not {{ homespun.performed('Order Refunded') }}
#}
{% macro performed(
    event=none, at_least=none, at_most=none, exactly=none, where=[], within=none, between=none
) -%}
    {%- set events = ref('homespun', 'profile_events') -%}
    {%- if not execute -%}
        {{ return('true') }}
    {%- endif -%}
    {%- if exactly is not none and (at_least is not none or at_most is not none) -%}
        {{ exceptions.raise_compiler_error(
            'homespun.performed: give exactly, or at_least and at_most, not both'
        ) }}
    {%- endif -%}
    {%- set low = exactly if exactly is not none else (
        at_least if at_least is not none else (0 if at_most is not none else 1)
    ) -%}
    {%- set high = exactly if exactly is not none else at_most -%}
    {%- for number in [low, high] if number is not none -%}
        {%- if number is not integer or number is boolean or number < 0 -%}
            {{ exceptions.raise_compiler_error(
                "homespun.performed: '" ~ number ~ "' is not how often something is done"
            ) }}
        {%- endif -%}
    {%- endfor -%}
    {%- set matching = (
        'from ' ~ events ~ ' where '
        ~ homespun.event_condition(event, where, within, between)
    ) -%}
    {%- set counted = 'select profile_id ' ~ matching ~ ' group by profile_id having count(*) ' -%}
    {%- if low == 0 and high is none -%}
        {%- set holds = 'true' -%}
    {%- elif low == 0 -%}
        {%- set holds = 'profile_id not in (' ~ counted ~ '> ' ~ high ~ ')' -%}
    {%- elif low == 1 and high is none -%}
        {%- set holds = 'profile_id in (select profile_id ' ~ matching ~ ')' -%}
    {%- elif high is none -%}
        {%- set holds = 'profile_id in (' ~ counted ~ '>= ' ~ low ~ ')' -%}
    {%- else -%}
        {%- set holds = 'profile_id in (' ~ counted ~ 'between ' ~ low ~ ' and ' ~ high ~ ')' -%}
    {%- endif -%}
    {%- if exactly is not none -%}
        {%- set times = 'exactly ' ~ exactly -%}
    {%- elif high is none -%}
        {%- set times = 'at least ' ~ low if low != 1 else '' -%}
    {%- else -%}
        {%- set times = ('at least ' ~ low ~ ' and ' if low else '') ~ 'at most ' ~ high -%}
    {%- endif -%}
    {{ return(homespun.condition(
        'performed ' ~ homespun.event_words(event, where, within, between) ~ (' ' ~ times ~ ' times' if times else ''),
        holds,
        "select count(*) || ' times' || coalesce(', last at ' || max(timestamp), '') " ~ matching
        ~ ' and profile_id = $profile'
    )) }}
{%- endmacro %}
