{# An event condition in words: 'Order Completed with total >= 100 within 30 days'. #}
{% macro event_words(event=none, where=[], within=none, between=none) -%}
    {%- set events = ['any event'] if event is none else ([event] if event is string else event) -%}
    {%- set words = [events | join(' or ')] -%}
    {%- for condition in where -%}
        {%- do words.append(
            ('with ' if loop.first else 'and ')
            ~ (condition if condition is string else condition | join(' '))
        ) -%}
    {%- endfor -%}
    {%- if within is not none -%}
        {%- do words.append('within ' ~ within) -%}
    {%- elif between is not none -%}
        {%- do words.append('between ' ~ between | join(' and ') ~ ' ago') -%}
    {%- endif -%}
    {{ return(words | join(' ')) }}
{%- endmacro %}
