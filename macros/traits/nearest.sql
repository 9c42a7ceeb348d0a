{# Of some names the one that is most like a word: that shares most pairs of letters with it. #}
{% macro nearest(word, names) -%}
    {%- set best = namespace(name='', score=-1) -%}
    {%- set asked = homespun.event_slug(' ' ~ word ~ ' ') -%}
    {%- for name in names | sort -%}
        {%- set slug = homespun.event_slug(' ' ~ name ~ ' ') -%}
        {%- set shared = namespace(count=0) -%}
        {%- for position in range(asked | length - 1) -%}
            {%- if asked[position:position + 2] in slug -%}
                {%- set shared.count = shared.count + 1 -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set score = 2 * shared.count / (asked | length + slug | length) -%}
        {%- if score > best.score -%}
            {%- set best.name = name -%}
            {%- set best.score = score -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(best.name) }}
{%- endmacro %}
