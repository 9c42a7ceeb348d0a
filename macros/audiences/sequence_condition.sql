{#
    What performed_then and performed_then_not are: the condition that one thing was done and then, or
    then not, another. One time is enough: who added to the cart, ordered, and added again is one who
    added and then ordered, and one who added and then did not. Both things are events or lists of
    them, with conditions of their own (see homespun.event_condition); first_within and first_between
    say when the first.
#}
{% macro sequence_condition(
    first, then, is_followed, within, first_where, then_where, first_within, first_between
) -%}
    {%- set events = ref('homespun', 'profile_events') -%}
    {%- if not execute -%}
        {{ return('true') }}
    {%- endif -%}
    {{ return(homespun.condition(
        'performed ' ~ homespun.event_words(first, first_where, first_within, first_between)
        ~ (' and then ' if is_followed else ' and then not ') ~ homespun.event_words(then, then_where)
        ~ (' within ' ~ within if within is not none else ''),
        'profile_id in (' ~ homespun.sequence(
            first, then, is_followed, within, first_where, then_where, first_within, first_between
        ) ~ ')',
        "select coalesce('last ' || max(case when " ~ homespun.event_condition(first, first_where)
        ~ " then timestamp end) || ', then ' || coalesce(cast(max(case when "
        ~ homespun.event_condition(then, then_where)
        ~ " then timestamp end) as varchar), 'never'), 'never') from "
        ~ events ~ ' where profile_id = $profile'
    )) }}
{%- endmacro %}
