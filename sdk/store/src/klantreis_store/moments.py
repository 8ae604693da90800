"""What happens in a shop, in its own words. Each call is one touchpoint, and gives its id.

Amounts are decimals or texts, never floats. `person` is whoever is known; nobody: the touchpoint counts and joins no
journey. `properties` is for whatever has no place of its own, `more` for other fields of the contract as they stand
there. Each call raises TouchpointError for a wrong argument and OutboxError when the touchpoint could not be stored.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from klantreis_store import amounts
from klantreis_store.amounts import Amount
from klantreis_store.errors import TouchpointError
from klantreis_store.parts import Line, Person, without_nothing

LINES = 200
"""That the collector takes of one receipt."""

Fields = Mapping[str, Any]


class Telling(abc.ABC):
    """What the moments need: a way to tell."""

    currency: str
    """ISO 4217 code of amounts that name none."""

    @abc.abstractmethod
    def track(
        self,
        type: str,
        *,
        channel: str = "store",
        person: Person | None = None,
        occurred_at: datetime | None = None,
        properties: Fields | None = None,
        more: Fields | None = None,
    ) -> str:
        """Any touchpoint: a standard type or one of your own."""

    def _lines(self, lines: Sequence[Line], sign: int = 1) -> list[dict[str, Any]]:
        return [line.as_fields(self.currency, sign) for line in lines]

    def _tell(
        self, type: str, own: Mapping[str, Any], lines: Sequence[dict[str, Any]], properties: Fields | None,
        more: Fields | None, **rest: Any,
    ) -> str:  # fmt: skip
        fields = {**without_nothing(own), **(more or {})}
        if lines:
            fields.setdefault("products", list(lines[:LINES]))
        if len(lines) > LINES:
            properties = {"lines_left_out": len(lines) - LINES, **(properties or {})}
        return self.track(type, properties=properties, more=fields, **rest)


class TillMoments(Telling):
    """At the till: money changes hands."""

    def sale(
        self,
        receipt: str,
        total: Amount,
        lines: Sequence[Line] = (),
        *,
        payment: str | None = None,
        tax: Amount | None = None,
        discount: Amount | None = None,
        coupon: str | None = None,
        person: Person | None = None,
        occurred_at: datetime | None = None,
        properties: Fields | None = None,
        more: Fields | None = None,
    ) -> str:
        """A receipt was printed. It is safe on disk when this returns, and never waits for the network."""
        order = self._order(receipt, total, payment=payment, tax=tax, discount=discount, coupon=coupon)
        return self._tell(
            "sale", {"order": order}, self._lines(lines), properties, more, person=person, occurred_at=occurred_at
        )

    def return_made(
        self,
        receipt: str,
        refund: Amount,
        lines: Sequence[Line] = (),
        *,
        reason: str | None = None,
        person: Person | None = None,
        occurred_at: datetime | None = None,
        properties: Fields | None = None,
        more: Fields | None = None,
    ) -> str:
        """Goods came back. `receipt` is that of the sale; what was paid back is told as a negative total."""
        order = self._order(receipt, amounts.negative(refund, "refund"))
        return self._tell(
            "return_made", {"order": order}, self._lines(lines, -1), _with(properties, reason=reason), more,
            person=person, occurred_at=occurred_at,
        )  # fmt: skip

    def exchange(
        self,
        receipt: str,
        back: Sequence[Line],
        taken: Sequence[Line],
        difference: Amount = 0,
        *,
        reason: str | None = None,
        person: Person | None = None,
        occurred_at: datetime | None = None,
        properties: Fields | None = None,
        more: Fields | None = None,
    ) -> str:
        """Goods for other goods. `difference` is what the customer paid, negative where they got money back."""
        lines = [*self._lines(back, -1), *self._lines(taken)]
        order = self._order(receipt, difference)
        return self._tell(
            "exchange", {"order": order}, lines, _with(properties, reason=reason), more, person=person,
            occurred_at=occurred_at,
        )  # fmt: skip

    def order(
        self,
        order_id: str,
        total: Amount,
        lines: Sequence[Line] = (),
        *,
        channel: str = "phone",
        payment: str | None = None,
        tax: Amount | None = None,
        shipping: Amount | None = None,
        discount: Amount | None = None,
        coupon: str | None = None,
        person: Person | None = None,
        occurred_at: datetime | None = None,
        properties: Fields | None = None,
        more: Fields | None = None,
    ) -> str:
        """An order that is delivered later, on whatever channel: by phone unless said."""
        order = self._order(
            order_id, total, payment=payment, tax=tax, shipping=shipping, discount=discount, coupon=coupon
        )
        return self._tell(
            "order", {"order": order}, self._lines(lines), properties, more, channel=channel, person=person,
            occurred_at=occurred_at,
        )  # fmt: skip

    def loyalty_scan(self, card: str, *, person: Person | None = None, properties: Fields | None = None) -> str:
        """A loyalty card was scanned without a sale. With one, give it as `Person(loyalty_card=…)` of the sale."""
        own = {"identity": {"loyalty_card": card}}
        if person is not None and "identity" in (known := person.as_fields()):
            own = {"identity": {**known["identity"], "loyalty_card": card}}
        return self._tell("loyalty_scan", own, (), properties, None, person=person)

    def _order(
        self, identified: str, total: Amount, *, payment: str | None = None, tax: Amount | None = None,
        shipping: Amount | None = None, discount: Amount | None = None, coupon: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        money = {"total": total, "tax": tax, "shipping": shipping, "discount": discount}
        return without_nothing(
            {
                "id": identified,
                "currency": self.currency,
                "payment": payment,
                "coupon": coupon,
                **{name: None if amount is None else amounts.text(amount, name) for name, amount in money.items()},
            }
        )


class FloorMoments(Telling):
    """On the shop floor and at its desks."""

    def visit(
        self, *, entrance: str | None = None, person: Person | None = None,
        occurred_at: datetime | None = None, properties: Fields | None = None,
    ) -> str:  # fmt: skip
        """Somebody came in: a door counter, or a customer who checked in."""
        return self._tell(
            "store_visit", {}, (), _with(properties, entrance=entrance), None, person=person, occurred_at=occurred_at
        )

    def demonstration(
        self, lines: Sequence[Line], *, person: Person | None = None, channel: str = "store",
        occurred_at: datetime | None = None, properties: Fields | None = None,
    ) -> str:  # fmt: skip
        """A product was shown at work. `channel` may be `event`."""
        shown = self._lines(lines)
        own = {"product": shown[0]} if len(shown) == 1 else {}
        return self._tell(
            "demonstration", own, () if own else shown, properties, None, channel=channel, person=person,
            occurred_at=occurred_at,
        )  # fmt: skip

    def advice(
        self, topic: str | None = None, lines: Sequence[Line] = (), *, waited_s: float | None = None,
        agents: int | None = None, person: Person | None = None, channel: str = "store",
        occurred_at: datetime | None = None, properties: Fields | None = None,
    ) -> str:  # fmt: skip
        """An employee gave advice before a purchase."""
        contact = without_nothing({"topic": topic, "waited_s": waited_s, "agents": agents})
        return self._tell(
            "advice", {"contact": contact or None}, self._lines(lines), properties, None, channel=channel,
            person=person, occurred_at=occurred_at,
        )  # fmt: skip

    def service(
        self, topic: str | None = None, *, waited_s: float | None = None, repeated: bool | None = None,
        case: str | None = None, agents: int | None = None, answered: bool | None = None,
        resolved: bool | None = None, direction: str = "inbound", receipt: str | None = None,
        person: Person | None = None, channel: str = "store", occurred_at: datetime | None = None,
        properties: Fields | None = None, more: Fields | None = None,
    ) -> str:  # fmt: skip
        """Customer service: at the desk, or with `channel` by `phone`, `chat`, `messaging`, `email`.

        `waited_s` are the seconds that the person waited, `repeated` that they had to ask again or tell it again,
        `agents` the employees they spoke with.
        """
        contact = without_nothing(
            {
                "topic": topic, "waited_s": waited_s, "repeated": repeated, "case": case, "agents": agents,
                "answered": answered, "resolved": resolved, "direction": direction,
            }
        )  # fmt: skip
        return self._tell(
            "support_contact", {"contact": contact, "order": receipt and {"id": receipt}}, (), properties, more,
            channel=channel, person=person, occurred_at=occurred_at,
        )  # fmt: skip

    def repair(
        self, product: Line, *, case: str | None = None, cost: Amount | None = None,
        receipt: str | None = None, person: Person | None = None, occurred_at: datetime | None = None,
        properties: Fields | None = None,
    ) -> str:  # fmt: skip
        """A product was repaired. `cost` is what the customer paid for it, `receipt` that of its purchase."""
        order = without_nothing({"id": receipt, "total": None if cost is None else amounts.text(cost, "cost")})
        if cost is not None:
            order["currency"] = self.currency
        own = {
            "product": product.as_fields(self.currency),
            "contact": case and {"case": case},
            "order": order or None,
        }
        return self._tell("repair", own, (), properties, None, person=person, occurred_at=occurred_at)

    def code_scanned(
        self, code: str, *, kind: str, person: Person | None = None, product: Line | None = None,
        properties: Fields | None = None,
    ) -> str:  # fmt: skip
        """A customer's own code was scanned here: the one that your site or app shows. Tells who they are there.

        `code` is their visitor id there; `kind` says what was scanned, such as `cart` or `pass`.
        """
        fields = person.as_fields() if person is not None else {}
        own = {
            "identity": {**fields.get("identity", {}), "linked_visitor_id": code},
            "product": product and product.as_fields(self.currency),
        }
        return self._tell("store_visit", own, (), _with(properties, code=kind), None, person=person)

    def feedback(
        self, score: float, scale: float, *, kind: str = "csat", person: Person | None = None,
        channel: str = "store", properties: Fields | None = None,
    ) -> str:  # fmt: skip
        """A score on a scale: the smileys at the door, 4 of 5."""
        own = {"feedback": {"kind": kind, "score": score, "scale": scale}}
        return self._tell("feedback", own, (), properties, None, channel=channel, person=person)


class BackOfficeMoments(FloorMoments):
    """What a back end knows: mail and chat. Orders by phone are `order`, calls are `service(channel="phone")`."""

    def email(
        self, what: str, campaign: str, *, source: str = "newsletter", person: Person | None = None,
        occurred_at: datetime | None = None, properties: Fields | None = None,
    ) -> str:  # fmt: skip
        """A mail was `sent`, `opened` or `clicked`."""
        if what not in ("sent", "opened", "clicked"):
            raise TouchpointError(f"what: {what!r} must be sent, opened or clicked")
        own = {"campaign": {"source": source, "medium": "email", "name": campaign}}
        return self._tell(
            f"email_{what}", own, (), properties, None, channel="email", person=person, occurred_at=occurred_at
        )

    def chat_closed(
        self, topic: str | None = None, *, waited_s: float | None = None, repeated: bool | None = None,
        resolved: bool | None = None, case: str | None = None, agents: int | None = None,
        person: Person | None = None, channel: str = "chat", occurred_at: datetime | None = None,
        properties: Fields | None = None,
    ) -> str:  # fmt: skip
        """A chat with customer service ended. `channel` may be `messaging` (WhatsApp and the like)."""
        return self.service(
            topic, waited_s=waited_s, repeated=repeated, resolved=resolved, case=case, agents=agents, person=person,
            channel=channel, occurred_at=occurred_at, properties=properties,
        )  # fmt: skip


def _with(properties: Fields | None, **own: str | None) -> Fields | None:
    """Properties and what the call itself has for them."""
    found = {**without_nothing(own), **(properties or {})}
    return found or None
