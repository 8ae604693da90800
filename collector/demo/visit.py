"""One visit to the site or the app: writes touchpoints as the SDK does and sends them in the SDK's batches."""

from __future__ import annotations

from types import TracebackType
from typing import Any
from uuid import UUID

from collector.demo import rates, site
from collector.demo.arrivals import DIRECT, Arrival
from collector.demo.browsers import APP_NAME
from collector.demo.catalogue import Product
from collector.demo.delivery import Delivery, KeyKind, TouchpointFields, fields_given, touchpoint_id
from collector.demo.people import Device
from collector.demo.traveller import Traveller

SILENCE_S = 1800.0
"""Silence after which the SDKs begin a new session."""
BETWEEN_VISITS_S = 40.0
"""A device is used for one visit at a time, so its `sequence` rises with time."""


class Visit:
    """A visit on one device, as a context manager: leaving it sends the rest and moves the traveller's time on.

    `show` opens a page or screen, `touch` leaves a touchpoint on it. Without consent no touchpoint has an identifier.
    """

    def __init__(self, traveller: Traveller, device: Device, arrival: Arrival = DIRECT) -> None:
        self.traveller, self.device, self.rng = traveller, device, traveller.rng
        self.moment = max(traveller.now, device.busy_until + BETWEEN_VISITS_S)
        self.is_app = device.kind == "app"
        self._query = arrival.query
        self._arrival: Arrival | None = arrival
        self._referrer = arrival.referrer
        self._page: dict[str, Any] = {}
        self._campaign: dict[str, Any] | None = None
        self._who: dict[str, Any] = {}
        self._waiting: list[TouchpointFields] = []
        self._waiting_since = self.moment
        if arrival.query or self.moment - device.busy_until > SILENCE_S or not device.session_id:
            device.session_id = str(UUID(int=self.rng.getrandbits(128), version=4))

    def __enter__(self) -> Visit:
        if self.device.customer_id not in (None, self.traveller.person.customer_id) and self.traveller.chance(0.7):
            self.device.customer_id = None  # somebody else of the house was still logged in
        self._who = self._identified()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pause(self.traveller.lasts(8))
        self._send()
        self.device.busy_until = self.traveller.now = self.moment

    def pause(self, seconds: float) -> None:
        """Let time pass; what has waited long enough is sent."""
        if self._waiting and self.moment + seconds - self._waiting_since > rates.BROWSER_SENDS_AFTER_S:
            self._send()
        self.moment += seconds

    def show(self, kind: str, product: Product | None = None, query: str = "") -> None:
        """Open a page of the site, or the screen of the app that is the same thing."""
        if self._page:
            self.pause(self.traveller.lasts(self.traveller.longs_for()))
        arrived, self._arrival = self._arrival, None
        if self.is_app:
            self._screen(kind, product, arrived)
        else:
            self._web_page(kind, product, query, arrived)

    def touch(self, type_: str, channel: str | None = None, **fields: Any) -> None:
        """Leave a touchpoint on the page or screen that is open."""
        self._record(type_, channel or ("mobile" if self.is_app else "web"), fields)
        self.pause(self.rng.uniform(0.3, 4.0))

    def log_in(self, *, new: bool = False) -> None:
        """Say who it is: from now on the device's touchpoints carry the customer number."""
        person = self.traveller.person
        if self.device.customer_id == person.customer_id and person.customer_id:
            return
        self.device.customer_id = person.become_customer()
        self._who = self._identified()
        if new:
            self.touch("account_created")
        else:
            self.touch("login")
        self.identify()

    def identify(self) -> None:
        """Tell what links this visitor to the person elsewhere: the mail address and number that the form asks for."""
        person = self.traveller.person
        self.touch("identify", identity={"email_hash": person.email_hash, "phone_hash": person.phone_hash})

    def take_over(self, other: Device) -> None:
        """Tell which device the link to this page came from: the same person's, as far as both may be known."""
        if other.known:
            self.touch("identify", identity={"linked_visitor_id": other.visitor_id})

    def _web_page(self, kind: str, product: Product | None, query: str, arrived: Arrival | None) -> None:
        language = self.traveller.person.language
        path, title = site.page(kind, language, product)
        query = "&".join(part for part in (query, self._query if arrived else "") if part)
        url = f"{site.SITE}{path}{'?' if query else ''}{query}"
        if arrived is None:
            self._referrer = self._page["url"]
        self._campaign = self.device.told(arrived.campaign) if arrived else None
        self._page = {
            "url": url if self.device.known else url.split("?")[0],
            "path": path, "title": title, "referrer": self._referrer, "language": language, "kind": kind,
        }  # fmt: skip
        if not self.device.greeted:
            self.device.greeted = True
            if self.device.consent != "required":
                self.touch("consent")
        if arrived and arrived.before:
            type_, channel = arrived.before
            self.touch(type_, channel, **({"search": dict(arrived.searched)} if arrived.searched else {}))
        self.touch("page_view")

    def _screen(self, kind: str, product: Product | None, arrived: Arrival | None) -> None:
        if not self.device.greeted:
            self.device.greeted = True
            self._record("app_installed", "mobile", {})
        if arrived is not None:
            self._campaign = self.device.told(arrived.campaign)
            self._record("push_opened" if arrived.campaign else "app_opened", "mobile", {})
        name = site.screen(kind, product)
        self._page = fields_given(name=name, kind=kind, previous=self._page.get("name"))
        self.touch("screen_view")

    def _record(self, type_: str, channel: str, fields: dict[str, Any]) -> None:
        if not self.traveller.world.is_seen(self.moment):
            return
        device = self.device
        milliseconds = round(self.moment * 1000) + device.clock_ms
        entry: TouchpointFields = {
            "id": touchpoint_id(milliseconds, self.rng.getrandbits(74)),
            "type": type_, "occurred_at": milliseconds, "channel": channel, **fields, "consent": device.allowed,
        }  # fmt: skip
        if self._page:
            entry["screen" if self.is_app else "page"] = self._page
        if self._campaign:
            entry["campaign"] = self._campaign
        if device.known:
            device.sequence += 1
            entry["sequence"] = device.sequence
            entry |= self._who
        else:
            entry.pop("identity", None)
            entry.pop("ambassador", None)
        if not self._waiting:
            self._waiting_since = self.moment
        self._waiting.append(entry)
        if len(self._waiting) >= rates.BROWSER_BATCH:
            self._send()

    def _identified(self) -> dict[str, Any]:
        """What every touchpoint says of the visitor, until somebody logs in."""
        device = self.device
        return fields_given(
            visitor_id=device.visitor_id, session_id=device.session_id, customer_id=device.customer_id,
            company=self.traveller.company(), context=self._context(),
        )  # fmt: skip

    def _context(self) -> dict[str, Any]:
        device, language = self.device, self.traveller.person.language
        seen = {"language": "nl-NL" if language == "nl" else "en-GB", "time_zone": "Europe/Amsterdam"}
        size = {"screen_width": device.width, "screen_height": device.height}
        if device.handset is None:
            return {**seen, **size, "viewport_width": device.width, "viewport_height": round(device.height * 0.85)}
        return {
            **seen, **size, "app_name": APP_NAME, "app_version": device.app_version,
            "device_model": device.handset.model, "device_maker": device.handset.maker,
            "os_name": device.handset.system, "os_version": device.handset.system_version,
        }  # fmt: skip

    def _send(self) -> None:
        if not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        device, language = self.device, self.traveller.person.language
        headers = {
            **device.headers,
            "Accept-Language": "nl-NL,nl;q=0.9,en;q=0.6" if language == "nl" else "en-GB,en;q=0.9",
        }
        if not self.is_app:
            # A page of another host tells only its origin, by the browsers' default policy.
            headers |= {"Origin": site.SITE, "Referer": f"{site.SITE}/"}
        sdk = ("mobile", "0.1.0") if self.is_app else ("web", "0.1.0")
        self.traveller.world.post(
            Delivery(KeyKind.PUBLIC, device.user_agent, self.moment, batch, sdk, headers, device.clock_ms)
        )
