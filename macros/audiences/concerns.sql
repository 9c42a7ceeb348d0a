{#
    A condition on an event: does an audience whose compiled SQL this is ask for it? Any event may
    matter to one that asks for traits or for other audiences.
#}
{% macro concerns(code) -%}
    {%- set slugs = modules.re.findall("event = ('[^']*')", code) -%}
    {%- for list in modules.re.findall("event in [(]([^)]*)[)]", code) -%}
        {%- do slugs.append(list) -%}
    {%- endfor -%}
    {%- if not slugs or '"says": "trait' in code or '"says": "member' in code -%}
        {{ return('true') }}
    {%- endif -%}
    {{ return('event in (' ~ slugs | unique | join(', ') ~ ')') }}
{%- endmacro %}
