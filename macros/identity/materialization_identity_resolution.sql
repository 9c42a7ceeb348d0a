{#
    A materialization for the model that says which profile each identifier belongs to. The model's
    SQL names the edges; one row per identifier comes out (see int_profile_identifiers.yml).

    The first time, and after the settings changed, all edges are resolved. Later only a region is:
    the profiles that new or changed messages touch, and those that a refusal ties to them (see
    find_region). It is resolved from all its edges, so that the result is that of a full computation.

    A fixpoint takes a number of rounds that only the data knows, which no select can express on every
    warehouse; this is the one place where the project looks at rows while it builds.
#}
{% materialization identity_resolution, default %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set settings = ref('int_identity_settings') -%}
    {%- set work = {'model': this, 'tables': {}} -%}
    {%- set final = homespun.work_table(work, 'final') -%}
    {%- set is_incremental = existing_relation is not none and not should_full_refresh() -%}
    {%- if is_incremental -%}
        {%- set as_set = homespun.work_table(work, 'as_set') -%}
        {%- do homespun.make_table(
            as_set,
            'select 1 as is_known from ' ~ target_relation
            ~ ' where linked_by = (select linked_by from ' ~ settings ~ ') limit 1'
        ) -%}
        {%- set is_incremental = homespun.count_rows(as_set) > 0 -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if is_incremental %}
        {% do homespun.find_region(work, target_relation) %}
    {% else %}
        {% do homespun.make_table(
            homespun.work_table(work, 'region'),
            'select identifier_number from ' ~ ref('int_identifiers')
        ) %}
    {% endif %}
    {% do homespun.number_region(work) %}
    {% do homespun.admit_edges(work) %}
    {% do homespun.find_deaths(work) %}
    {% if is_incremental %}
        {% do homespun.make_table(final, homespun.resolved_identifiers(work)) %}
        {% set columns = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | list %}
        {% call statement('main') -%}
            merge into {{ target_relation }} as known
            using {{ final }} as final
                on known.identifier_number = final.identifier_number
            when matched then update set
                {% for column in columns %}{{ column }} = final.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
            when not matched then insert ({{ columns | join(', ') }})
                values (final.{{ columns | join(', final.') }})
        {%- endcall %}
    {% else %}
        {% call statement('main') -%}
            create or replace table {{ target_relation }} as {{ homespun.resolved_identifiers(work) }}
        {%- endcall %}
    {% endif %}
    {% for relation in work.tables.values() %}
        {% do adapter.drop_relation(relation) %}
    {% endfor %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
