{#
    A select of each profile and the first audience of a list that it is a member of, with its place
    in the list: profile_id, audience, place.

    select profile_id from ({{ homespun.priority_list(['high_value', 'lapsing']) }}) as chosen
    where audience = 'lapsing'
#}
{% macro priority_list(audiences) -%}
    select profile_id, audience, place
    from (
        select *, row_number() over (partition by profile_id order by place) as choice
        from (
            {%- for audience in audiences %}
            select profile_id, {{ homespun.quoted(audience) }} as audience, {{ loop.index }} as place
            from {{ ref(audience) }}
            {%- if not loop.last %} union all {% endif %}
            {%- endfor %}
        ) as qualified
    ) as chosen
    where choice = 1
{%- endmacro %}
