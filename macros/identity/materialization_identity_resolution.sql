{#
    A materialization for the model that says which profiles identifiers belong to. The model's SQL
    names the edges; what had to be resolved comes out (see int_resolved_identifiers.yml).

    The first time, and after the settings changed, all edges are resolved. Later only a region is:
    the profiles that new or changed messages touch, and those that a refusal ties to them (see
    find_region). It is resolved from all its edges, so that the result is that of a full computation.

    Most identifiers belong to the one in whose company they were seen first, whatever comes later (see
    origins), and take no part in what follows. Of the rest, all edges of the region are taken first,
    as if nothing were limited. What then breaks no limit, nearly every profile, is done; the others
    are solved anew, edge by edge in order.

    A fixpoint takes a number of rounds that only the data knows, which no select can express on every
    warehouse; this is the one place where the project looks at rows while it builds.
#}
{% materialization identity_resolution, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set work = {'model': this, 'tables': {}, 'pending': [], 'is_whole': true} -%}
    {%- if existing_relation is not none and not should_full_refresh() -%}
        {%- do homespun.make_table(
            work, 'as_set',
            'select 1 as is_known from ' ~ target_relation ~ ' where linked_by = (select linked_by from '
            ~ ref('int_identity_settings') ~ ') limit 1'
        ) -%}
        {%- do work.update({'is_whole': homespun.count_rows(work, 'as_set') == 0}) -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}

    {% if not work.is_whole %}
        {% do homespun.find_region(work, target_relation) %}
    {% endif %}
    {% do homespun.number_region(work) %}
    {% do homespun.make_table(
        work, 'link',
        'select left_number as a, right_number as b, edge_number from '
        ~ homespun.work_table(work, 'edge')
    ) %}
    {% do homespun.find_deaths(work, 'link', 'death', 'root') %}
    {% do homespun.settle_broken(work) %}
    {% if not work.is_whole %}
        {% do homespun.make_table(
            work, 'final', homespun.resolved_identifiers(work, known=target_relation)
        ) %}
    {% endif %}
    {% do homespun.run_pending(work) %}

    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if work.is_whole %}
        {% call statement('main') -%}
            {{ homespun.create_or_replace_table(
                target_relation, homespun.resolved_identifiers(work)
            ) }}
        {%- endcall %}
    {% else %}
        {% call statement('main') -%}
            {{ homespun.merge_resolved(work, target_relation) }}
        {%- endcall %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}

    {% for relation in work.tables.values() %}
        {% do work.pending.append('drop table if exists ' ~ relation) %}
    {% endfor %}
    {% do homespun.run_pending(work) %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
