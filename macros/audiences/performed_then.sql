{#
    A condition of an audience: did the profile do one thing and then another, within so long of it if
    that is given? See homespun.sequence_condition.
#}
{% macro performed_then(
    first, then, within=none, first_where=[], then_where=[], first_within=none, first_between=none
) -%}
    {{ return(homespun.sequence_condition(
        first, then, true, within, first_where, then_where, first_within, first_between
    )) }}
{%- endmacro %}
