{{ homespun.event_table('order_cancelled', {
    'order_id': 'string',
    'affiliation': 'string',
    'total': 'number',
    'revenue': 'number',
    'shipping': 'number',
    'tax': 'number',
    'discount': 'number',
    'coupon': 'string',
    'currency': 'string',
    'products': 'array',
}) }}
