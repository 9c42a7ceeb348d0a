{#
    The identifier to which an identifier of a table like int_identifiers belongs whatever comes later,
    or else itself: where its first message names a stronger one and its type is not limited, that one.
    See origins, which has the exceptions.
#}
{% macro origin_key(identifiers) -%}
    case
        when
            {{ identifiers }}.first_deciding_key is null
            or {{ homespun.limit_of(identifiers ~ '.id_type') }} is not null
            then {{ identifiers }}.identifier_key
        else {{ identifiers }}.first_deciding_key
    end
{%- endmacro %}
