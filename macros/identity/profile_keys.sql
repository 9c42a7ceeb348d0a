{#
    Where identifiers are, of the rows of a table `keys` (identifier_key), as the table `resolved` has
    it: a select of identifier_key and profile_key. As int_profile_identifiers says for all of them.
#}
{% macro profile_keys(keys, resolved) -%}
    select
        asked.identifier_key,
        coalesce(own.profile_key, origin.profile_key, asked.origin_key) as profile_key
    from (
        select
            identifiers.identifier_key,
            {{ homespun.origin_key('identifiers') }} as origin_key
        from {{ ref('homespun', 'int_identifiers') }} as identifiers
        inner join {{ keys }} as keys on identifiers.identifier_key = keys.identifier_key
    ) as asked
    left join {{ resolved }} as own on asked.identifier_key = own.identifier_key
    left join {{ resolved }} as origin on asked.origin_key = origin.identifier_key
{%- endmacro %}
