{# A trait of a user, out of a message's traits or else of its context's traits. #}
{% macro user_trait(trait) -%}
    coalesce(
        {{ homespun.property('traits', trait.path, trait.type) }},
        {{ homespun.property('context', ['traits'] + trait.path, trait.type) }}
    )
{%- endmacro %}
