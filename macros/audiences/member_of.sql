{#
    A condition of an audience: is the profile a member of another? dbt refuses audiences that go round
    in a circle, and names them.
#}
{% macro member_of(audience) -%}
    {%- set members = 'profile_id in (select profile_id from ' ~ ref(audience) ~ ')' -%}
    {{ return(homespun.condition('member of ' ~ audience, members)) }}
{%- endmacro %}
