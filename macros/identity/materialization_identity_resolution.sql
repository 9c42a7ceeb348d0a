{#
    A materialization for a model whose SQL gives the edges of the identity graph (edge_number,
    left_number, right_number, left_is_exclusive, right_is_exclusive; numbers are of identifiers, the
    oldest the smallest). The relation it makes has one row per identifier that has an edge:

    | column             | is                                                                     |
    |--------------------|------------------------------------------------------------------------|
    | identifier_number  | the identifier                                                         |
    | profile_number     | the oldest identifier of its profile                                   |
    | merged_edge_number | the edge at which it ceased to be its profile's oldest; null: it is it |

    A fixpoint takes a number of rounds that only the data knows, which no select can express on every
    warehouse; this is the one place where the project looks at rows while it builds.
#}
{% materialization identity_resolution, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set work = {} -%}
    {%- for name in [
        'edge', 'component', 'member', 'admitted', 'link', 'contracted', 'choice', 'root', 'jumped',
        'death'
    ] -%}
        {%- do work.update({name: api.Relation.create(
            database=this.database,
            schema=this.schema,
            identifier=this.identifier ~ '__' ~ name,
            type='table'
        )}) -%}
    {%- endfor -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% do homespun.make_table(work.edge, sql) %}
    {% do homespun.admit_edges(work) %}
    {% do homespun.find_deaths(work) %}
    {% call statement('main') -%}
        create or replace table {{ target_relation }} as
        select
            member.identifier_number,
            min(member.identifier_number) over (partition by member.component) as profile_number,
            death.edge_number as merged_edge_number
        from {{ work.member }} as member
        left join {{ work.death }} as death
            on member.identifier_number = death.identifier_number
    {%- endcall %}
    {% for relation in work.values() %}
        {% do adapter.drop_relation(relation) %}
    {% endfor %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
