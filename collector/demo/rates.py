"""How likely things are in the demo's month: every number that is not the weight of a move (model.py) or a price.

"Source" is the figure of the published articles on customer journeys that the product's questions come from; the demo
lies near it so that an answer looks like an answer, without ever being equal to it. "Known" is common knowledge of the
trade in the Netherlands; "chosen" is ours, so that every question has something to count. Shares are of 1.
"""

from __future__ import annotations

# Who they are.
KNOWN_CUSTOMER = 0.30
"""Chosen: who had bought before the month began."""
SHARED_COMPUTER = 0.08
"""Chosen: people who use the computer of somebody else in the house, so one visitor is two customers."""
LOGGED_IN = 0.6
"""Known customers who are still logged in on a browser of theirs; in the app all are."""
USES_FAVOURITE = 0.82
"""Known: most people have one device on which they do nearly everything."""
HAS_COMPUTER = 0.62
HAS_TABLET = 0.15
CONSENT_DENIED = 0.13
CONSENT_UNANSWERED = 0.06
"""Chosen: devices on which the question about consent was answered with no, or not at all. Known: 10 to 40 %."""
PRIVACY_CONTROL = 0.03
"""Chosen: browsers that send Sec-GPC: 1."""
CLOCK_OFF = 0.03
"""Known: some percents of devices have a clock that is minutes to hours off."""
CLOCK_OFF_AT_MOST_H = 14.0
NEWSLETTER_READER = 0.55
"""Chosen: known customers who get the newsletter."""
LOYALTY_CARD = 0.70
"""Known: most customers of Dutch chains have a card; they show it on LOYALTY_SHOWN of the occasions."""
LOYALTY_SHOWN = 0.85

# When they come.
CAMPAIGN_FLIGHT = (0.40, 0.62)
"""Part of the period in which radio, television, display and social campaigns run …"""
CAMPAIGN_LIFT = 1.7
"""… and how many more people then begin a journey; ads weigh as much more."""
WAIT_SPREAD = 0.9
"""Standard deviation of the logarithm of a wait: the 10 % longest are more than three times the median."""

# Where a journey is when the month begins, for people who are customers already.
BEGINS_OWNING = 0.10
BEGINS_TROUBLED = 0.06
BEGINS_SETTLED = 0.10

WARM_UP_DAYS = 7
"""People begin so long before the period, at most half of its length, so that its first day is like any other."""

APP_AT_HAND, APP_LACKING = 4.0, 0.1
"""How much likelier, or less likely, people look or order in the app who have it, or not."""

# Seeing an advertisement.
AD_CLICKED = 0.30
"""Of people whom an ad sets going (not of all who see it); the others come back by themselves."""
AD_VIEWS_AT_MOST = 2
POST_VIEWS_AT_MOST = 4
RETARGETING_CLICKED = 0.22
VIDEO_WATCHED = 0.55

# Looking around.
BACK_BY_SEARCH = 0.45
"""Known: searching a shop by its name is how many people come back to it; the others are Direct."""
SEARCH_PAID = 0.38
SEARCHES_PROBLEM = 0.4
"""Chosen: first searches that name a problem instead of a product."""
SEARCH_CLICKED = 0.93
LOCAL_IN_SHOP_SEARCH = 0.05
"""Chosen: searches on the site for stock in a shop nearby."""
SIGNS_UP = 0.07
"""Newsletter sign-ups among visits of people who are not subscribed."""
WISHES = 0.10
PUTS_IN_CART = 0.22
CART_TAKEN_ALONG = 0.2
"""Chosen: carts on a computer that are looked at again on the telephone, by a code on the screen."""
ORDERS_AT_ONCE = 0.25
"""Chosen: visits with something in the cart that go on to the checkout; known: 2 to 3 % of all visits order."""
READS_REVIEWS = 0.18
CONTACT_LOOKED_UP_IN_VISIT = 0.24
CONTACT_LOOKED_UP_BEFORE_ASKING = 0.75
"""Source: over 60 % of people look up an address or phone number, in several phases."""
EARNEST_AFTER_VISIT = 0.50
EARNEST_AFTER_COMPARING = 0.82

# Asking somebody. Source: over 80 % of prospects contact customer service.
CALL_TRACED = 0.5
"""Known: a number or link shown to one visitor only tells which visit a call, message or mail came from."""
WAIT_MEDIAN_S = {"phone": 95.0, "chat": 40.0, "messaging": 420.0, "email": 6 * 3600.0, "store": 60.0, "social": 3600.0}
LONG_WAIT_S = {"phone": 300.0, "chat": 180.0, "messaging": 3600.0, "email": 86400.0, "store": 600.0, "social": 14400.0}
"""From here on a wait is long: most people mind it so much that it decides. Source: almost 90 % leave."""
LONG_WAIT_MINDED = 0.8
MUST_REPEAT = 0.11
"""Source: 89 % mind repeating themselves; over 90 % of cancellations followed a question asked again and again."""
REPEATING_MINDED = 0.88
SECOND_AGENT = 0.22
UNANSWERED = 0.05
RESOLVED = 0.84
CHAT_CLICKED_FROM_SITE = 0.75
SURVEY_AFTER_CONTACT = 0.22
SCREEN_SHARED = 0.06

# Buying.
CHECKOUT_LEFT = 0.40
"""Chosen, of people who mean to buy; known: about 70 % of all carts are abandoned, most before the checkout."""
CHECKOUT_LEFT_TWICE = 0.22
RESERVATION_LEFT = 0.12
CART_MAIL_CLICKED = 0.55
PAYMENT_FAILS = 0.05
BUYS_IN_STORE = 0.30
BUYS_NEARBY = 0.80
"""Source: 80 % of mobile searches (for local offers) end in a purchase."""
DIGITAL_RECEIPT = 0.45
"""Known: chains mail the receipt to whoever wants it, card or not."""
SHELF_CODE_SCANNED = 0.12
SECOND_PRODUCT = 0.28
MAKES_ACCOUNT = 0.62
COLLECTS_IN_STORE = 0.18
COUPON_USED = 0.14
COUPON_OFF = 0.10
DEAR_ORDER_EUR = 150
CONFIRMATION_ASKED = {
    ("dear", "new"): 0.84,
    ("dear", "returning"): 0.42,
    ("cheap", "new"): 0.14,
    ("cheap", "returning"): 0.05,
}
"""Source: almost 70 % of orders above 150 euro are confirmed on request, mostly for new customers."""

# Owning.
DELIVERY_LATE = 0.12
DEFECT = 0.07
MANUAL_READ = 0.35
WARRANTY_REGISTERED = 0.22
ONBOARDING_OPENED = 0.58
EXCHANGED = 0.30
"""Of what is brought back to a shop; the rest is paid back."""
RETURNED_IN_STORE = 0.35
NEEDS_AGAIN = 0.30
"""Chosen: who finds a new need within the month, once the last one is over."""
REVIVED = 0.13
"""Chosen: who gave up and is reached again by a campaign."""

# Speaking of it.
FAN_ABOVE = 0.78
"""Contentment (0 to 1) from which a customer speaks of it to others; everybody begins about CONTENT."""
CONTENT = 0.66
CONTENT_SPREAD = 0.13
FRIEND_CODE_USED = 0.7
FRIEND_CONVINCES = 0.14
"""Source: meeting an ambassador is the most valuable touchpoint. Chosen: who goes to the checkout at once."""
REWARDED = 0.6

# What has no person.
ANONYMOUS_SALES = 0.22
"""Till sales without a card, per person of the demo and month."""
DOOR_COUNTS = 0.6
"""Visitors that a shop's door counted, per person and month."""
SPOTS_A_DAY = 6
BOT_SHARE = 0.03
"""Known: a few percent of what runs a page's script is a crawler, a preview or a monitor."""
NEWSLETTER_OPENED = 0.36
NEWSLETTER_CLICKED = 0.16
"""Of those who opened it. Known: Dutch mail benchmarks lie about these."""
NEWSLETTER_WAKES = 0.4
"""Chosen: clicks in a newsletter that begin a journey of their own."""

# How it is sent.
BROWSER_SENDS_AFTER_S = 240.0
"""A page in use sends what it has after so long at most; always when it is hidden. Real SDKs send sooner: this way the
demo takes a third of the requests."""
BROWSER_BATCH = 20
TILL_OFFLINE_H = 96.0
OFFLINE_STORE = 1
"""This shop loses its line for so long, in the middle of the month: what its tills noted comes days late."""
