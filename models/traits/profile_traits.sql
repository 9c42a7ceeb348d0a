{%- set themes = ['identify', 'activity', 'commerce', 'lifecycle', 'business'] -%}

with

profiles as (

    select * from {{ ref('profiles') }}

),

{% for theme in themes -%}
{{ theme }}_traits as (

    select * from {{ ref(theme ~ '_traits') }}

),

{% endfor -%}
joined as (

    -- `using` gives one profile_id, and `*` lets every theme add a column without being listed.
    select * -- noqa: references.qualification
    from profiles
    {%- for theme in themes %}
    left join {{ theme }}_traits using (profile_id) -- noqa: structure.using
    {%- endfor %}

)

select * from joined
