{#
    Stop with a word about the nearest name where profile_traits has no such column: neither in its
    description nor in the warehouse, which is asked only for what is not described.
#}
{% macro check_trait(trait) -%}
    {%- if execute and model.resource_type == 'model' and model.package_name == project_name -%}
        {%- for node in graph.nodes.values() if node.unique_id == 'model.homespun.profile_traits' -%}
            {%- set names = node.columns.keys() | list -%}
            {%- if trait not in names -%}
                {%- set relation = adapter.get_relation(
                    database=node.database, schema=node.schema, identifier=node.alias
                ) -%}
                {%- if relation is not none -%}
                    {%- set names = names
                        + (adapter.get_columns_in_relation(relation) | map(attribute='name') | list) -%}
                    {%- if trait not in names -%}
                        {{ exceptions.raise_compiler_error(
                            "homespun: there is no trait '" ~ trait ~ "'; did you mean '"
                            ~ homespun.nearest(trait, names) ~ "'?"
                        ) }}
                    {%- endif -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
