{#
    A condition on profile_id (or account_id) as SQL, marked for `homespun explain` (see
    homespun.condition_mark).
#}
{% macro condition(says, holds, value=none) -%}
    {{ return(homespun.condition_mark(says, holds, value) ~ ' ' ~ holds) }}
{%- endmacro %}
