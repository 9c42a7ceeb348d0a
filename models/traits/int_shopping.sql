{%- set browsing = ['Product Viewed', 'Product Added'] -%}
{% call(events) homespun.by_profile() %}
select
    profile_id,
    {{ homespun.most_frequent(browsing, 'category') }} as favourite_category,
    {{ homespun.most_frequent(browsing, 'product_id') }} as favourite_product_id,
    {{ homespun.last_at('Product Added') }} as last_product_added_at
from {{ events }}
group by 1
{% endcall %}
