{#
    A select of each profile and the first audience of a list that it is a member of, with its place
    in the list: profile_id, audience, place.

    select profile_id from ({{ homespun.priority_list(['high_value', 'lapsing']) }}) as chosen
    where audience = 'lapsing'
#}
{% macro priority_list(audiences) -%}
    {%- set members = [] -%}
    {%- for audience in audiences -%}
        {%- do members.append(
            'select profile_id, ' ~ homespun.quoted(audience) ~ ' as audience, ' ~ loop.index
            ~ ' as place from ' ~ ref(audience)
        ) -%}
    {%- endfor -%}
    {%- set qualified = '(' ~ members | join(' union all ') ~ ') as qualified' -%}
    {{ homespun.condition_mark(
        'member of one of ' ~ audiences | join(', '),
        'profile_id in (select profile_id from ' ~ qualified ~ ')',
        "select 'the first is ' || audience from " ~ qualified
        ~ ' where profile_id = $profile order by place limit 1'
    ) }}
    select profile_id, audience, place
    from (
        select *, row_number() over (partition by profile_id order by place) as choice
        from {{ qualified }}
    ) as chosen
    where choice = 1
{%- endmacro %}
