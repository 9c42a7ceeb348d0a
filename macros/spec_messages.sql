{#
    A select of the new messages of one call from stg_events, as the body of a CTE, with `texts`: the
    values of the given columns, a list of {name, type}, out of the flattened body, in their order.

    | call                                                     | is                                    |
    |----------------------------------------------------------|---------------------------------------|
    | homespun.spec_messages('identify', 'traits', columns)    | identify calls and their traits       |
    | homespun.spec_messages('track', 'properties', columns,   | the track calls of one event and      |
    |     event='order_completed')                             | their properties                      |
#}
{% macro spec_messages(call, body, columns, event=none) -%}
    {%- set paths = [] -%}
    {%- for column in columns -%}
        {%- do paths.append([column.name]) -%}
    {%- endfor -%}
    select
        *,
        {{ homespun.json_texts('flat_body', paths) }} as texts
    from (
        select
            *,
            {{ homespun.flat_json(body) }} as flat_body
        from ({{ homespun.new_events(call, event) }})
    )
{%- endmacro %}
