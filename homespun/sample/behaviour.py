"""People's histories: what each visit makes them, and the shop's server, say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from homespun.sample.catalogue import COUPON_PERCENT, SMALL, Order, fill_basket
from homespun.sample.clock import CLOSE, DAY, HOUR, SECOND, moment, utc
from homespun.sample.messages import Message, Sitting, exported_at_night, from_server
from homespun.sample.people import Customer, Visitor
from homespun.sample.steps import fill_cart, look_around, view, viewed
from homespun.sample.visits import Visit, diary


@dataclass(slots=True)
class Life:
    """What holds from one visit to the next."""

    rng: Random
    customer: Customer
    signed_in: set[str] = field(default_factory=set)  # the anonymous ids of devices
    orders: list[tuple[int, Order]] = field(default_factory=list)


def customer_messages(rng: Random, customer: Customer, opening: int) -> Iterator[Message]:
    """Tell a customer's whole history; the last visit to each device ties it to its owner."""
    life = Life(rng, customer)
    visits = diary(rng, customer, opening)
    last_visits = {visit.device.anonymous_id: visit for visit in visits}
    for visit in visits:
        known = visit.device.anonymous_id in life.signed_in
        user_id = customer.user_id if known else None
        sitting = Sitting(rng, visit.device, visit.at, user_id, visit.offline_until)
        yield from _visit(life, sitting, visit)
        if last_visits[visit.device.anonymous_id] is visit and sitting.user_id is None:
            if visit.device.email_only:
                yield sitting.say("identify", traits={"email": customer.email})
            else:
                yield from _sign_in(life, sitting)
        if visit is visits[-1] and customer.later_email and sitting.user_id:
            yield sitting.say("identify", traits={"email": customer.later_email})
    yield from _refunds(life)


def visitor_messages(rng: Random, visitor: Visitor) -> Iterator[Message]:
    """Tell how a visitor looks, may fill a cart, leave an email address or order as a guest."""
    for at in visitor.visits:
        start, end = visitor.offline
        sitting = Sitting(rng, visitor.device, at, offline_until=end if start <= at < end else 0)
        yield from look_around(sitting, rng.randint(1, 2))
        if rng.random() < 0.2:
            yield from fill_cart(sitting, fill_basket(rng, "small"))
        if visitor.email is not None and at == visitor.visits[0]:
            yield from _as_guest(sitting, visitor.key, visitor.email)


def _visit(life: Life, sitting: Sitting, visit: Visit) -> Iterator[Message]:
    rng, customer = life.rng, life.customer
    is_member = visit.at > customer.joined
    if is_member and visit.device.shared:
        yield from _sign_in(life, sitting)
    yield from look_around(sitting, 1 if visit.purpose == "join" else rng.randint(1, 2))
    if visit.purpose == "join":
        yield from _join(life, sitting)
    elif visit.purpose == "leave a cart":
        yield from fill_cart(sitting, fill_basket(rng, "small"))
    elif visit.purpose == "order":
        yield from _order(life, sitting, visit)
    elif not is_member and rng.random() < 0.25:
        yield _leave_email(sitting, customer.email)
    elif is_member and not visit.device.email_only and rng.random() < 0.5:
        yield from _sign_in(life, sitting)


def _sign_in(life: Life, sitting: Sitting) -> Iterator[Message]:
    """Say who is there, unless the device knows and nobody else uses it."""
    customer, device = life.customer, sitting.device
    if sitting.user_id == customer.user_id and not device.shared:
        return
    is_first = device.anonymous_id not in life.signed_in
    sitting.user_id = customer.user_id
    life.signed_in.add(device.anonymous_id)
    if is_first and device.source == "ios":
        previous = {"previousId": device.anonymous_id, "userId": customer.user_id}
        yield sitting.say("alias", **previous)
    yield sitting.say("identify", traits=_traits(customer))
    if is_first and customer.account:
        account = customer.account
        weeks = (sitting.now - customer.joined) // (7 * DAY)
        traits = {
            "name": account.name,
            "industry": account.industry,
            "employees": account.employees + weeks,
            "plan": customer.plan,
        }
        yield sitting.say("group", groupId=account.group_id, traits=traits)


def _join(life: Life, sitting: Sitting) -> Iterator[Message]:
    customer = life.customer
    yield view(sitting, "Sign up", "/signup")
    yield from _sign_in(life, sitting)
    properties = {
        "type": "invited" if customer.account else "organic",
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "email": customer.email,
    }
    yield sitting.say("track", event="Signed Up", properties=properties)
    traits = {"email": customer.email, "plan": customer.plan, "createdAt": utc(customer.joined)}
    yield from_server(
        life.rng, "identify", sitting.now, userId=int(customer.user_id), traits=traits
    )


def _order(life: Life, sitting: Sitting, visit: Visit) -> Iterator[Message]:
    """Buy: the server tells most orders, by user id alone, and the app tells some itself."""
    rng, customer = life.rng, life.customer
    number = len(life.orders) + 1
    discount = COUPON_PERCENT if rng.random() < 0.2 else 0
    order = Order(f"{customer.key}-{number}", fill_basket(rng, visit.size), discount)
    life.orders.append((visit.at, order))
    yield from fill_cart(sitting, order.lines)
    yield from _sign_in(life, sitting)
    yield sitting.say("track", event="Checkout Started", properties=order.properties())
    if sitting.device.source == "ios" and rng.random() < 0.4:
        yield sitting.say("track", event="Order Completed", properties=order.properties())
    else:
        yield _server_track(life, "Order Completed", sitting.now, order.properties())


def _refunds(life: Life) -> Iterator[Message]:
    """Refund the whole order that the story says; now and then one line of another."""
    rng, refund = life.rng, life.customer.story.refund
    if refund is not None:
        order = life.orders[-1][1]
        yield _server_track(life, "Order Refunded", moment(rng, refund), order.refund(order.lines))
        return
    for ordered_at, order in life.orders:
        at = ordered_at + rng.randint(3 * DAY, 10 * DAY)
        if rng.random() < 0.06 and at < CLOSE - HOUR:
            properties = order.refund(order.lines[-1:])
            yield exported_at_night(_server_track(life, "Order Refunded", at, properties))


def _server_track(life: Life, event: str, at: int, properties: dict[str, Any]) -> Message:
    user_id = int(life.customer.user_id)
    return from_server(life.rng, "track", at, event=event, userId=user_id, properties=properties)


def _as_guest(sitting: Sitting, key: str, email: str) -> Iterator[Message]:
    rng = sitting.rng
    if rng.random() < 0.5:
        yield sitting.say("identify", traits={"email": email})
        return
    order = Order(f"{key}-1", fill_basket(rng, "small"))
    properties = order.properties()
    yield from fill_cart(sitting, order.lines)
    yield sitting.say("track", event="Checkout Started", properties=properties, email=email)
    yield from_server(
        rng,
        "track",
        sitting.now + SECOND,
        event="Order Completed",
        anonymousId=sitting.device.anonymous_id,
        properties=properties,
        context={"traits": {"email": email}},
    )


def _leave_email(sitting: Sitting, email: str) -> Message:
    """Leave an email address before there is a user id: in a form, or beside something else."""
    if sitting.rng.random() < 0.5:
        return sitting.say("identify", traits={"email": email})
    product = sitting.rng.choice(SMALL)
    return sitting.say("track", event="Product Viewed", properties=viewed(product), email=email)


def _traits(customer: Customer) -> dict[str, Any]:
    city, postal_code, country = customer.city
    return {
        "email": customer.email,
        "firstName": customer.first_name,
        "lastName": customer.last_name,
        "phone": f"+49 30 555 {int(customer.user_id):07}",
        "address": {"city": city, "postalCode": postal_code, "country": country},
        "plan": customer.plan,
        "createdAt": utc(customer.joined),
    }
