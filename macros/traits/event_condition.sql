{#
    Is a row of profile_events such an event? What every trait and every condition of an audience is
    made of.

    event: a name ('Order Completed'), a call ('$page'), a list of them, or none for any event.
    where: conditions on properties that must all hold, each a list of the property, an operator of
    homespun.comparison and its values, or SQL as text.
    within, between: the window (see homespun.window_condition).

    homespun.event_condition('Order Completed', where=[['total', '>=', 100]], within='30 days')
#}
{% macro event_condition(event=none, where=[], within=none, between=none) -%}
    {%- if not execute -%}
        {{ return('true') }}
    {%- endif -%}
    {%- set parts = [] -%}
    {%- set events = [] if event is none else ([event] if event is string else event) -%}
    {%- if events -%}
        {%- set slugs = [] -%}
        {%- for name in events -%}
            {%- do homespun.check_event(name) -%}
            {%- do slugs.append(homespun.quoted(homespun.event_slug(name))) -%}
        {%- endfor -%}
        {%- do parts.append(
            'event = ' ~ slugs[0] if slugs | length == 1 else 'event in (' ~ slugs | join(', ') ~ ')'
        ) -%}
    {%- endif -%}
    {%- if within is not none or between is not none -%}
        {%- do parts.append(homespun.window_condition(within, between)) -%}
    {%- endif -%}
    {%- if where is string -%}
        {{ exceptions.raise_compiler_error(
            "homespun.event_condition: where must be a list such as [['total', '>=', 100]], not '"
            ~ where ~ "'"
        ) }}
    {%- endif -%}
    {%- for condition in where -%}
        {%- if condition is string -%}
            {%- do parts.append('(' ~ condition ~ ')') -%}
        {%- else -%}
            {%- set property = condition[0] -%}
            {%- do homespun.check_property(events, property) -%}
            {%- do parts.append(homespun.comparison(
                {
                    'text': homespun.property_value(property),
                    'number': homespun.property_value(property, 'number'),
                    'time': homespun.property_value(property, 'timestamp'),
                },
                condition[1],
                condition[2:],
                "property '" ~ property ~ "'"
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set joined = parts | join(' and ') if parts else 'true' -%}
    {{ return('(' ~ joined ~ ')' if parts | length > 1 else joined) }}
{%- endmacro %}
