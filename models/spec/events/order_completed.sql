{{ homespun.event_table('order_completed', {
    'checkout_id': 'string',
    'order_id': 'string',
    'affiliation': 'string',
    'subtotal': 'number',
    'total': 'number',
    'revenue': 'number',
    'shipping': 'number',
    'tax': 'number',
    'discount': 'number',
    'coupon': 'string',
    'currency': 'string',
    'products': 'array',
}) }}
