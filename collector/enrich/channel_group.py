"""Google Analytics 4's default channel group: what kind of source brought somebody, from source, medium and campaign.

The rules for manual traffic of support.google.com/analytics/answer/9756891 as published in September 2026, in its order
and under its names; the first that matches wins, and nothing depends on case. `docs/came-by.md` is the same table.
Where Google writes a regular expression, the same is written here with plain comparisons, which cannot run away:
`^(.*cp.*|ppc|retargeting|paid.*)$` is `_paid`, `^(.*(([^a-df-z]|^)shop|shopping).*)$` is `_shop`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from collector.enrich.sources import category

DIRECT_SOURCE = "(direct)"
DIRECT_MEDIUM = "(none)"
ASSISTANT_MEDIUM = "ai-assistant"
UNASSIGNED = "Unassigned"
"""Google's own name for a campaign that no rule knows: mostly a mistyped medium, which should stand out."""

EMAIL = frozenset({"email", "e-mail", "e_mail", "e mail"})
DISPLAY_MEDIUMS = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
SOCIAL_MEDIUMS = frozenset({"social", "social-network", "social-media", "sm", "social network", "social media"})
REFERRAL_MEDIUMS = frozenset({"referral", "app", "link"})

_SHOP = re.compile(r"(?:[^a-df-z]|^)shop|shopping")


class Origin(NamedTuple):
    """What the rules look at, all lower case; `site` is the source's category in the lists."""

    source: str
    medium: str
    campaign: str
    site: str


def _paid(medium: str) -> bool:
    return "cp" in medium or medium in ("ppc", "retargeting") or medium.startswith("paid")


def _shop(campaign: str) -> bool:
    return "shop" in campaign and _SHOP.search(campaign) is not None


Rule = Callable[[Origin], bool]

RULES: tuple[tuple[str, Rule], ...] = (
    ("Direct", lambda o: o.source == DIRECT_SOURCE and o.medium in (DIRECT_MEDIUM, "(not set)")),
    ("Cross-network", lambda o: "cross-network" in o.campaign),
    ("Paid Shopping", lambda o: _paid(o.medium) and (o.site == "shopping" or _shop(o.campaign))),
    ("Paid Search", lambda o: _paid(o.medium) and o.site == "search"),
    ("Paid Social", lambda o: _paid(o.medium) and o.site == "social"),
    ("Paid Video", lambda o: _paid(o.medium) and o.site == "video"),
    # Before Paid Other: cpm is Display, and matches the paid pattern too.
    ("Display", lambda o: o.medium in DISPLAY_MEDIUMS),
    ("Paid Other", lambda o: _paid(o.medium)),
    ("Organic Shopping", lambda o: o.site == "shopping" or _shop(o.campaign)),
    ("Organic Social", lambda o: o.site == "social" or o.medium in SOCIAL_MEDIUMS),
    ("Organic Video", lambda o: o.site == "video" or "video" in o.medium),
    ("Organic Search", lambda o: o.site == "search" or o.medium == "organic"),
    ("AI Assistant", lambda o: o.site == "assistant" or o.medium == ASSISTANT_MEDIUM),
    ("Referral", lambda o: o.medium in REFERRAL_MEDIUMS),
    ("Email", lambda o: o.source in EMAIL or o.medium in EMAIL),
    ("Affiliates", lambda o: o.medium == "affiliate"),
    ("Audio", lambda o: o.medium == "audio"),
    ("SMS", lambda o: "sms" in (o.source, o.medium)),
    (
        "Mobile Push Notifications",
        lambda o: (
            o.medium.endswith("push") or "mobile" in o.medium or "notification" in o.medium or o.source == "firebase"
        ),
    ),
)

CHANNEL_GROUPS: tuple[str, ...] = (*(name for name, _ in RULES), UNASSIGNED)


def channel_group(source: str, medium: str, campaign: str) -> str:
    """The channel group of an arrival with this source, medium and campaign name; `Unassigned` when no rule matches."""
    source = source.lower()
    origin = Origin(source, medium.lower(), campaign.lower(), category(source))
    return next((name for name, matches in RULES if matches(origin)), UNASSIGNED)
