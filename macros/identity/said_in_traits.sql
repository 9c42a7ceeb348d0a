{# The traits of a group call are the account's: its e-mail is nobody's identifier. #}
{% macro said_in_traits(trait, in_context) -%}
    coalesce(
        case when type = 'identify' then {{ homespun.json_text('traits', [trait]) }} end,
        {{ in_context }}
    )
{%- endmacro %}
