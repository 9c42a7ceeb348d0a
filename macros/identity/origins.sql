{#
    The members of the region, each with its origin: the identifier in whose company it was seen first,
    if it belongs to that one whatever comes later, or else itself. A select of int_identifiers'
    columns, origin_key and is_shared.

    An identifier whose first message names a stronger one has its first edge to it, at which it holds
    nothing but itself: where its type is not limited that edge is always admitted, and the stronger
    one, seen as early, is the elder. Most identifiers are of this kind, and need no fixpoint. `fixed`
    (identifier_key, is_shared) are those of which more must be known: shared devices, which have no
    edges, and whatever a person decided about.
#}
{% macro origins(work) -%}
    {% set fixed = homespun.work_table(work, 'fixed') %}
    select
        member.*,
        case
            when one.identifier_key is not null or other.identifier_key is not null
                then member.identifier_key
            else {{ homespun.origin_key('member') }}
        end as origin_key,
        coalesce(one.is_shared, false) as is_shared,
        coalesce(other.is_shared, false) as is_first_shared
    from {{ work.member }} as member
    left join {{ fixed }} as one on member.identifier_key = one.identifier_key
    left join {{ fixed }} as other on member.first_deciding_key = other.identifier_key
{%- endmacro %}
