{#
    A condition of an audience: did the profile do one thing and then not another, within so long of
    it if that is given? One time is enough: who added to the cart, ordered, and added again is one who
    added and then ordered, and one who added and then did not. Both things are events or lists of them, with conditions
    of their own (see homespun.event_condition); first_within and first_between say when the first.
#}
{% macro performed_then_not(
    first, then, within=none, first_where=[], then_where=[], first_within=none, first_between=none
) -%}
    {%- set events = ref('homespun', 'profile_events') -%}
    {%- if not execute -%}
        {{ return('true') }}
    {%- endif -%}
    {{ return(homespun.condition(
        'performed ' ~ homespun.event_words(first, first_where, first_within, first_between)
        ~ ' and then not ' ~ homespun.event_words(then, then_where)
        ~ (' within ' ~ within if within is not none else ''),
        'profile_id in (' ~ homespun.sequence(
            first, then, false, within, first_where, then_where, first_within, first_between
        ) ~ ')',
        "select coalesce('last ' || max(case when " ~ homespun.event_condition(first, first_where)
        ~ " then timestamp end) || ', then ' || coalesce(cast(max(case when "
        ~ homespun.event_condition(then, then_where)
        ~ " then timestamp end) as varchar), 'never'), 'never') from "
        ~ events ~ ' where profile_id = $profile'
    )) }}
{%- endmacro %}
