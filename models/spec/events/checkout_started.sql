{{ homespun.event_table('checkout_started', {
    'order_id': 'string',
    'affiliation': 'string',
    'value': 'number',
    'revenue': 'number',
    'shipping': 'number',
    'tax': 'number',
    'discount': 'number',
    'coupon': 'string',
    'currency': 'string',
    'products': 'array',
}) }}
