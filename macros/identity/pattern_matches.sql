{#
    Which values match which patterns: a select of id_type and id_value from `values` (id_type,
    id_value) and `patterns` (id_type, or * for all, and pattern, a regular expression on lower case).
#}
{% macro pattern_matches(values, patterns) -%}
    {{ return(adapter.dispatch('pattern_matches', 'homespun')(values, patterns)) }}
{%- endmacro %}

{% macro default__pattern_matches(values, patterns) -%}
    select {{ values }}.id_type, {{ values }}.id_value
    from {{ values }}
    inner join {{ patterns }}
        on
            {{ patterns }}.id_type in ('*', {{ values }}.id_type)
            and {{ homespun.matches('lower(' ~ values ~ '.id_value)', patterns ~ '.pattern') }}
{%- endmacro %}

{#
    A pattern that is no constant is compiled anew for each row there (17 us), so it looks through
    hundreds of values at once, a line each, and only then at each value where it found something.
#}
{% macro duckdb__pattern_matches(values, patterns) -%}
    select id_type, id_value
    from (
        select
            pages.id_type,
            unnest(pages.id_values) as id_value,
            {{ patterns }}.pattern
        from (
            select id_type, list(id_value) as id_values
            from (
                select id_type, id_value, floor(row_number() over () / 500) as page
                from {{ values }}
            ) as numbered
            group by id_type, page
        ) as pages
        inner join {{ patterns }}
            on
                {{ patterns }}.id_type in ('*', pages.id_type)
                and regexp_matches(
                    lower(array_to_string(pages.id_values, chr(10))),
                    '(?m)' || {{ patterns }}.pattern
                )
    ) as suspects
    where regexp_matches(lower(id_value), pattern)
{%- endmacro %}
