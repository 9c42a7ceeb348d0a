{#
    The columns of a select that has, but for profile_id, nothing but traits, as a list of {name, code,
    events, since, merge, part, finish} (see homespun.trait); none if it has anything else, so that
    nobody can say what it reads.
#}
{% macro trait_columns(select_sql) -%}
    {%- set block = '/[*] trait ([{].*?[}]) [*]/ ((?:.|\\n)*?) /[*] end of trait [*]/' -%}
    {%- set columns = [] -%}
    {%- set rest = namespace(sql=select_sql, is_plain=true) -%}
    {%- for reads, code, name in modules.re.findall(block ~ ' as ([a-z_][a-z0-9_]*)', select_sql) -%}
        {%- if '/* end of trait */' in code -%}
            {#- An expression of several traits. -#}
            {%- set rest.is_plain = false -%}
        {%- endif -%}
        {%- set told = fromjson(reads) -%}
        {%- set edges = [] -%}
        {%- for span in [told.since, told.until] if span is not none -%}
            {%- do edges.append(homespun.ago(span)) -%}
        {%- endfor -%}
        {%- set unbound = namespace(code=code) -%}
        {%- for edge in edges -%}
            {%- set unbound.code = unbound.code | replace(edge, '') -%}
        {%- endfor -%}
        {%- set whole = '/* trait ' ~ reads ~ ' */ ' ~ code ~ ' /* end of trait */ as ' ~ name -%}
        {%- if '/* edge' not in unbound.code and 'as_of' not in unbound.code -%}
            {%- set rest.sql = modules.re.sub(modules.re.escape(whole) ~ '\\b', 'TRAIT', rest.sql) -%}
        {%- endif -%}
        {%- do columns.append(dict(told, name=name, code=code)) -%}
    {%- endfor -%}
    {%- set form = '^\\s*select\\s+profile_id(,\\s*TRAIT)+\\s+from stale_events\\s+group by 1\\s*$' -%}
    {{ return(columns if rest.is_plain and modules.re.match(form, rest.sql) else none) }}
{%- endmacro %}
