{#
    A condition of an audience on identifiers: does one of this type that the profile has compare so
    (see homespun.comparison)? With the type alone: has it any?

    {{ homespun.identifier_is('email', 'ends with', '@example.com') }}
#}
{% macro identifier_is(id_type, operator='exists') -%}
    {%- if operator in ('does not exist', '!=', 'none of', 'does not contain') -%}
        {{ exceptions.raise_compiler_error(
            "homespun.identifier_is: a profile may have several identifiers, so '" ~ operator
            ~ "' is unclear: write not homespun.identifier_is(...)"
        ) }}
    {%- endif -%}
    {%- set compared = homespun.comparison(
        {
            'text': 'id_value',
            'number': homespun.try_cast('id_value', homespun.type_number()),
            'time': homespun.utc_timestamp('id_value'),
        },
        operator,
        varargs,
        "identifier '" ~ id_type ~ "'"
    ) -%}
    {%- set having = (
        'from ' ~ ref('homespun', 'id_graph') ~ ' where id_type = ' ~ homespun.quoted(id_type)
    ) -%}
    {{ return(homespun.condition(
        ('identifier ' ~ id_type ~ ' ' ~ operator ~ ' ' ~ varargs | join(', ')) | trim,
        'profile_id in (select profile_id ' ~ having ~ ' and ' ~ compared ~ ')',
        "select count(*) || ' of that type' " ~ having ~ ' and profile_id = $profile'
    )) }}
{%- endmacro %}
