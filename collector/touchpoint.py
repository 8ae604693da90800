"""The touchpoint: one contact between a person and a company, as senders describe it (wire format, version 1).

This module is the vocabulary of the whole product. The JSON Schema in `sdk/contract/` is generated from it, receivers
decode with it, the loader's columns follow it (`page.path` here is the column `page_path`), and rule files name its
fields. Evolution: a field is only ever added, and only as optional.

Texts are Unicode; their limits are in characters. Money is a decimal string, never a float. Every field but `id`,
`type` and `occurred_at` is optional: a bad one is set aside in the row's `problems` and costs nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

Id = Annotated[str, Meta(max_length=128)]
Name = Annotated[str, Meta(max_length=128)]
Text = Annotated[str, Meta(max_length=1024)]
Url = Annotated[str, Meta(max_length=4096)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Decimal = Annotated[
    str,
    Meta(
        pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,4})?\Z",
        description='A decimal number as a string, at most 13 digits before and 4 after the point: "129.95".',
    ),
]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", description="ISO 4217 code, such as EUR.")]
TypeName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
EpochMs = Annotated[int, Meta(ge=-(2**53), le=2**53, description="Milliseconds since 1970-01-01 UTC.")]
Moment = Annotated[datetime, Meta(tz=True)] | EpochMs

Channel = Literal[
    "web", "mobile", "store", "phone", "chat", "messaging", "email", "social", "search", "display", "video", "print",
    "broadcast", "outdoor", "event", "partner",
]  # fmt: skip
CHANNELS: tuple[str, ...] = Channel.__args__  # type: ignore[attr-defined]  # typing has no public name for it

STANDARD_TYPES: dict[str, str] = {
    # Seen and heard.
    "page_view": "a page was shown",
    "screen_view": "a screen of an app was shown",
    "article_read": "a blog or editorial article was read",
    "ad_seen": "an advertisement was seen (display, social, video, print, billboard: the channel says which)",
    "ad_clicked": "an advertisement was clicked; properties.retargeting tells a repeated one",
    "post_seen": "a post on a social medium was seen that is no advertisement",
    "spot_heard": "a radio or television spot was on: campaign.medium radio or tv",
    "window_seen": "a shop window or a banner in the street was seen",
    "video_watched": "a video was watched, in whole or part",
    # Getting acquainted.
    "social_follow": "an account of the company was followed",
    "social_interaction": "a post was liked, answered or saved",
    "newsletter_signup": "a newsletter was subscribed to",
    "email_sent": "an email went out to the person",
    "email_opened": "an email was opened",
    "email_clicked": "a link in an email was followed",
    "push_opened": "a push message was opened",
    # Finding out.
    "search": "something was searched: search.term, on the site or on a search engine (channel search)",
    "product_list_view": "a category or a list of products was shown",
    "product_view": "a product was looked at",
    "compare": "products were put side by side",
    "wishlist_add": "a product was put on a wish list",
    "review_read": "a review was read",
    "friend_referral": "a friend or relative pointed the way",
    "contact_lookup": "an address or phone number was looked up",
    "hours_lookup": "opening hours were looked up",
    "brochure_download": "a brochure or data sheet was downloaded",
    "chat_started": "a chat with an adviser or a bot began",
    "store_visit": "a store was entered",
    "demonstration": "a product was demonstrated",
    "advice": "an employee gave advice",
    "quote_requested": "a quotation was asked for",
    # Buying.
    "cart_add": "a product was put in the cart",
    "cart_remove": "a product was taken out of the cart",
    "cart_view": "the cart was looked at",
    "checkout_step": "a step of the checkout: order.step",
    "checkout_abandoned": "a checkout was left without an order",
    "payment": "a payment was made or attempted",
    "order": "an order was placed, on whatever channel",
    "sale": "a sale at the till (secret keys only)",
    "order_confirmation": "a confirmation was requested or sent: order.confirmation",
    # Owning.
    "delivery": "an order was delivered or collected",
    "onboarding": "help with first use: a mail, a tour, a call",
    "manual_read": "a manual or instruction was read",
    "warranty_registered": "a product or warranty was registered",
    "support_contact": "customer service was contacted, on whatever channel",
    "screen_share": "a screen was shared with support",
    "return_requested": "a return was asked for",
    "return_made": "a product was brought or sent back",
    "exchange": "a product was exchanged",
    "repair": "a product was repaired",
    "feedback": "satisfaction was measured: feedback.score",
    # Speaking of it.
    "loyalty_scan": "a loyalty card was scanned (secret keys only)",
    "reward_received": "a reward or credit was received",
    "review_written": "a review was written",
    "recommendation": "the company was recommended to somebody",
    "ambassador_code_used": "an ambassador's code or link was used",
    "share": "content was shared",
    "community_post": "a post in a community or forum",
    "complaint": "a complaint, in public or to the company",
    "social_mention": "the company was mentioned on a social medium",
    # The person and the device.
    "identify": "the person behind the visitor became known: customer_id",
    "consent": "consent was asked, given or withdrawn: consent.state",
    "login": "the person logged in",
    "account_created": "an account was made",
    "app_installed": "an app was installed",
    "app_updated": "an app was updated",
    "app_opened": "an app came to the foreground",
    "app_backgrounded": "an app went to the background",
    "app_crashed": "an app had ended while it was in the foreground",
    # Measured by the page itself.
    "link_click": "a link to another site was followed",
    "download": "a file was downloaded",
    "form_start": "a form was begun",
    "form_sent": "a form was sent; never its values",
    "engagement": "time that a page was visible and used",
    "not_found": "a page that does not exist was asked for",
}
"""The standard types and what each means. Others are allowed; rules may name them."""

LOW_VALUE_TYPES = frozenset({"engagement", "page_view", "screen_view"})
"""Types of which an SDK whose queue is full gives up the oldest first: many a visit, and a journey is told without."""

SECRET_KEY_TYPES = frozenset({"sale", "loyalty_scan"})
"""Types that only a secret key may send: a page's visitor must not be able to forge till sales or loyalty links."""


class Part(Struct, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """An object within a touchpoint. Unknown fields are not refused: they move to the row's `extra`."""


class Page(Part):
    """The web page where the touch took place."""

    url: Url | None = None
    path: Annotated[str, Meta(max_length=2048)] | None = None
    title: Text | None = None
    referrer: Url | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None
    kind: Annotated[Name, Meta(description="What the site calls it: home, category, product, cart …")] | None = None


class Screen(Part):
    """The screen of an app."""

    name: Name | None = None
    kind: Name | None = None
    previous: Name | None = None


class Store(Part):
    """The shop, counter or stand."""

    id: Id | None = None
    name: Name | None = None
    city: Name | None = None
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z", description="ISO 3166 code, such as NL.")] | None = None
    till: Id | None = None
    desk: Name | None = None


class Campaign(Part):
    """What the sender knows of the campaign that brought the person. Otherwise it is read from `page.url`."""

    source: Name | None = None
    medium: Name | None = None
    name: Annotated[str, Meta(max_length=256)] | None = None
    id: Id | None = None
    term: Annotated[str, Meta(max_length=256)] | None = None
    content: Annotated[str, Meta(max_length=256)] | None = None
    click_id: Annotated[str, Meta(max_length=512)] | None = None
    click_id_kind: Annotated[str, Meta(max_length=32, description="Its parameter: gclid, msclkid, fbclid …")] | None = (
        None
    )


class Search(Part):
    """What was searched."""

    term: Annotated[str, Meta(max_length=256)] | None = None
    local: Annotated[bool, Meta(description="A search for something nearby.")] | None = None
    results: Count | None = None


class Product(Part):
    """A product; `quantity` and `price` (of one) where there is a sale."""

    id: Id | None = None
    name: Annotated[str, Meta(max_length=256)] | None = None
    brand: Name | None = None
    category: Annotated[str, Meta(max_length=256)] | None = None
    variant: Name | None = None
    price: Decimal | None = None
    currency: Currency | None = None
    quantity: Annotated[int, Meta(ge=-1_000_000, le=1_000_000)] | None = None
    position: Count | None = None


class Order(Part):
    """An order, sale, cart or checkout."""

    id: Id | None = None
    total: Decimal | None = None
    currency: Currency | None = None
    tax: Decimal | None = None
    shipping: Decimal | None = None
    discount: Decimal | None = None
    coupon: Name | None = None
    payment: Annotated[Name, Meta(description="How it was paid: ideal, card, cash, link …")] | None = None
    confirmation: Literal["requested", "sent"] | None = None
    step: Annotated[int, Meta(ge=0, le=100)] | None = None
    step_name: Name | None = None


class Contact(Part):
    """A contact with customer service or an adviser."""

    case: Id | None = None
    topic: Name | None = None
    direction: Literal["inbound", "outbound"] | None = None
    waited_s: Annotated[float, Meta(ge=0, le=1e9, description="Seconds the person waited.")] | None = None
    agents: Annotated[int, Meta(ge=0, le=1000, description="Employees the person spoke with.")] | None = None
    repeated: Annotated[bool, Meta(description="The person had to ask or tell it again.")] | None = None
    answered: bool | None = None
    resolved: bool | None = None


class Feedback(Part):
    """A score on a scale: 8 of 10, 4 of 5."""

    kind: Annotated[str, Meta(max_length=32, description="nps, csat, ces, stars …")] | None = None
    score: Annotated[float, Meta(ge=-1e6, le=1e6)] | None = None
    scale: Annotated[float, Meta(gt=0, le=1e6)] | None = None
    text: Annotated[str, Meta(max_length=4096)] | None = None


class Ambassador(Part):
    """Who recommended, by the code of their link or card."""

    code: Id | None = None
    relation: Name | None = None


class Company(Part):
    """The business that the person acts for."""

    type: Literal["b2b", "b2c"] | None = None
    name: Name | None = None
    industry: Name | None = None
    size: Annotated[str, Meta(max_length=32)] | None = None


class Consent(Part):
    """What the person allowed. Anything but `granted` makes the collector strip every identifier."""

    state: Literal["granted", "denied", "required"] | None = None
    gpc: Annotated[bool, Meta(description="Global Privacy Control was on.")] | None = None
    dnt: Annotated[bool, Meta(description="Do Not Track was on.")] | None = None


class Identity(Part):
    """What links this visitor to a person on another device or channel. Hashes are SHA-256 in hex."""

    email_hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")] | None = None
    phone_hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")] | None = None
    loyalty_card: Annotated[Id, Meta(description="Secret keys only.")] | None = None
    linked_visitor_id: Annotated[Id, Meta(description="The same person's visitor id elsewhere.")] | None = None


class Context(Part):
    """The device and program. `user_agent` and `address` override the request's own; secret keys only."""

    user_agent: Annotated[str, Meta(max_length=1024)] | None = None
    address: Annotated[str, Meta(max_length=45)] | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None
    time_zone: Annotated[str, Meta(max_length=64)] | None = None
    screen_width: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    screen_height: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    viewport_width: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    viewport_height: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    app_name: Name | None = None
    app_version: Name | None = None
    device_model: Name | None = None
    device_maker: Name | None = None
    os_name: Name | None = None
    os_version: Name | None = None
    network: Annotated[str, Meta(max_length=32)] | None = None


class Touchpoint(Struct, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One touchpoint as sent. `id`, `type` and `occurred_at` are required; nothing else is."""

    id: Annotated[
        UUID, Meta(description="Made by the sender, version 7 recommended. The same id is the same touchpoint.")
    ]
    type: Annotated[TypeName, Meta(description="A standard type, or one of your own in snake_case.")]
    occurred_at: Annotated[Moment, Meta(description="The sender's clock; RFC 3339 with offset, or epoch milliseconds.")]
    age_ms: (
        Annotated[
            int,
            Meta(ge=0, le=2**48, description="Time since it occurred at `sent_at`, by a clock that nobody can set."),
        ]
        | None
    ) = None
    sequence: (
        Annotated[int, Meta(ge=0, le=2**53, description="Rises per visitor; gaps and resets are normal.")] | None
    ) = None
    channel: Annotated[Channel, Meta(description="Where the touch took place.")] | None = None
    visitor_id: Annotated[Id, Meta(description="The device or browser.")] | None = None
    customer_id: Annotated[Id, Meta(description="The known person.")] | None = None
    session_id: Annotated[Id, Meta(description="The visit.")] | None = None
    page: Page | None = None
    screen: Screen | None = None
    store: Store | None = None
    campaign: Campaign | None = None
    search: Search | None = None
    product: Product | None = None
    products: Annotated[list[Product], Meta(max_length=200)] | None = None
    order: Order | None = None
    contact: Contact | None = None
    feedback: Feedback | None = None
    ambassador: Ambassador | None = None
    company: Company | None = None
    consent: Consent | None = None
    identity: Identity | None = None
    context: Context | None = None
    properties: (
        Annotated[dict[str, Any], Meta(description="Anything else; at most 64 keys and 16 KiB. Stored as text by key.")]
        | None
    ) = None


class Sdk(Struct, omit_defaults=True):
    """The program that sent the batch."""

    name: Annotated[str, Meta(max_length=64)] | None = None
    version: Annotated[str, Meta(max_length=64)] | None = None


class Batch(Struct, omit_defaults=True):
    """The body of `POST /v1/touchpoints`. `sent_at` is set anew at every attempt."""

    touchpoints: list[Touchpoint]
    key: Annotated[str, Meta(max_length=256)] | None = None
    sent_at: Moment | None = None
    sdk: Sdk | None = None
    dropped: (
        Annotated[
            int,
            Meta(
                ge=0,
                le=1_000_000,
                description="Touchpoints that the sender gave up and never told of: its queue was full, they waited "
                "too long, or were refused for good. Told until a batch with it is accepted, then from 0 again.",
            ),
        ]
        | None
    ) = None


IDENTIFIERS = ("visitor_id", "customer_id", "session_id", "sequence", "identity", "ambassador")
"""Fields that are removed where the person did not consent. `strip` in receive/privacy.py removes what else tells."""

PROPERTIES_KEYS = 64
PROPERTIES_BYTES = 16 * 1024
PROPERTY_NAME_LENGTH = 128
YEARS_BACK = 20
DAYS_AHEAD = 1
DAY_MS = 86_400_000
BACK_MS = YEARS_BACK * 36525 * DAY_MS // 100
"""`YEARS_BACK` in milliseconds."""
