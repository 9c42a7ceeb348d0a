{#
    A condition on an event: does an audience whose compiled SQL this is ask for it? Any event may
    matter to one that asks for more than events that it names, such as traits or other audiences.
#}
{% macro concerns(code) -%}
    {%- set slugs = [] -%}
    {%- for pattern in ["event = ('[^']*')", "event in [(]([^)]*)[)]"] -%}
        {%- for found in modules.re.findall(pattern, code) -%}
            {%- do slugs.append(found) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set others = [] -%}
    {%- for said in modules.re.findall('"says": ?"([^"]*)', code) -%}
        {#- homespun.accounts_with says several at once. -#}
        {%- for says in modules.re.sub('^(any|all|none) of its profiles: ', '', said).split('; ') -%}
            {%- if ' any event' in says
                or not (says.startswith('performed ') or says.startswith('in the share ')) -%}
                {%- do others.append(says) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return('true' if others or not slugs else 'event in (' ~ slugs | unique | join(', ') ~ ')') }}
{%- endmacro %}
