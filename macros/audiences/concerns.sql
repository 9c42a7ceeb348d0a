{#
    A condition on an event: does an audience whose compiled SQL this is ask for it? Any event may
    matter to one that asks for traits or for other audiences.
#}
{% macro concerns(code) -%}
    {%- set slugs = [] -%}
    {%- for pattern in ["event = ('[^']*')", "event in [(]([^)]*)[)]"] -%}
        {%- for found in modules.re.findall(pattern, code) -%}
            {%- do slugs.append(found) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not slugs or '"says": "trait' in code or '"says": "member' in code -%}
        {{ return('true') }}
    {%- endif -%}
    {{ return('event in (' ~ slugs | unique | join(', ') ~ ')') }}
{%- endmacro %}
