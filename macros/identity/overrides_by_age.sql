{# What people decided about identities, as edges between the region's identifiers by their age. #}
{% macro overrides_by_age(work, action) -%}
    {% set identifier = homespun.work_table(work, 'identifier') %}
    select
        left_end.age as left_number,
        right_end.age as right_number,
        cast(null as {{ dbt.type_string() }}) as message_id,
        'override' as link_rule,
        cast(0 as integer) as priority,
        true as is_ordained,
        override.decided_at as timestamp
    from {{ ref('int_identity_overrides') }} as override
    inner join {{ identifier }} as left_end on override.left_key = left_end.identifier_key
    inner join {{ identifier }} as right_end on override.right_key = right_end.identifier_key
    where override.action = '{{ action }}'
{%- endmacro %}
