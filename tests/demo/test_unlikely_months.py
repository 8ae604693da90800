"""A month that no shop ever had: every question that the product answers must find something like the truth in it."""

from __future__ import annotations

from collections import Counter, defaultdict

import crawleruseragents

from collector.demo.crowd import BOT_PAGES_PER_PERSON
from tests.demo.month import BOT_AGENTS, BOUGHT, Month, Seen

CONTACTS = ("support_contact", "chat_started", "advice")
SOCIAL = "social"


def share(hits: int, of: int) -> float:
    """A share of a number that must not be small."""
    assert of >= 20
    return hits / of


def bought(journey: list[Seen]) -> bool:
    return any(seen.type in BOUGHT for seen in journey)


def prospects(month: Month) -> list[list[Seen]]:
    """Journeys in which something was looked at."""
    return [journey for journey in month.people if any(seen.type in ("product_view", "compare") for seen in journey)]


def test_channels_have_their_shares(month: Month) -> None:
    """Most is on the web; the app, mails and shops follow; what is rare occurs."""
    counts = Counter(seen.touchpoint["channel"] for seen in month.touchpoints)
    shares = {channel: count / len(month.touchpoints) for channel, count in counts.items()}
    assert 0.5 < shares["web"] < 0.75
    bounds = [("mobile", 0.05, 0.14), ("email", 0.04, 0.12), ("store", 0.03, 0.09),
                                 ("phone", 0.01, 0.03), ("chat", 0.01, 0.04), ("messaging", 0.005, 0.02),
                                 ("social", 0.01, 0.05), ("display", 0.015, 0.05), ("search", 0.007, 0.03)]  # fmt: skip
    for channel, least, most in bounds:
        assert least < shares[channel] < most, channel


def test_a_person_leaves_some_twenty_touchpoints(month: Month) -> None:
    """3,000 people make 60,000 to 110,000 touchpoints."""
    assert 20 < len(month.touchpoints) / 1500 < 37


def test_journeys_begin_anywhere(month: Month) -> None:
    """No channel has more than half of the first touchpoints, and ten channels have some."""
    first = Counter(journey[0].touchpoint["channel"] for journey in month.people)
    assert max(first.values()) < len(month.people) / 2
    assert len([channel for channel, count in first.items() if count >= 5]) >= 10


def test_people_cross_channels(month: Month) -> None:
    """A third of the journeys are on three channels or more; web, shop and phone meet in one."""
    channels = [{seen.touchpoint["channel"] for seen in journey} for journey in month.people]
    assert share(sum(len(found) >= 3 for found in channels), len(channels)) > 0.25
    assert sum({"web", "store", "phone"} <= found for found in channels) >= 30


def test_display_is_met_early_and_midway(month: Month) -> None:
    """Its touches before a purchase lie in the first and the middle third mostly, some in the last."""
    thirds = [0, 0, 0]
    for journey in filter(bought, month.people):
        path = journey[: next(place for place, seen in enumerate(journey) if seen.type in BOUGHT)]
        for place, seen in enumerate(path):
            thirds[3 * place // len(path)] += seen.touchpoint["channel"] == "display"
    shares = [share(count, sum(thirds)) for count in thirds]
    assert 0.25 < shares[0] < 0.6 and 0.25 < shares[1] < 0.55 and 0.05 < shares[2] < 0.3


def test_many_prospects_contact_somebody(month: Month) -> None:
    """Before a purchase and after it."""
    asked = [journey for journey in prospects(month) if any(seen.type in CONTACTS for seen in journey)]
    assert 0.35 < share(len(asked), len(prospects(month))) < 0.9


def test_bad_contacts_cost_purchases(month: Month) -> None:
    """Who had to repeat themselves, or got no answer, buys half as often afterwards as who was helped well."""
    after: dict[bool, list[bool]] = {True: [], False: []}
    for journey in month.people:
        asked = [seen for seen in journey if seen.touchpoint.get("contact", {}).get("topic") == "productadvies"]
        if asked:
            contact = asked[0].touchpoint["contact"]
            bad = contact["repeated"] or not contact["answered"]
            after[bad].append(any(seen.type in BOUGHT and seen.moment > asked[0].moment for seen in journey))
    assert share(sum(after[True]), len(after[True])) < 0.75 * share(sum(after[False]), len(after[False]))


def test_local_searches_end_in_a_purchase_more_often(month: Month) -> None:
    """Who searches nearby wants it today."""
    ends: dict[bool, list[bool]] = {True: [], False: []}
    for journey in month.people:
        searches = [seen.touchpoint["search"]["local"] for seen in journey if seen.type == "search"]
        if searches:
            ends[any(searches)].append(bought(journey))
    assert share(sum(ends[True]), len(ends[True])) > 1.15 * share(sum(ends[False]), len(ends[False]))


def test_contact_details_are_looked_up_before_and_after_buying(month: Month) -> None:
    """By a good part of the people, in several phases."""
    looked = [journey for journey in month.people if any(seen.type == "contact_lookup" for seen in journey)]
    assert 0.2 < share(len(looked), len(month.people)) < 0.8
    after = [seen for journey in month.people for seen in _after_purchase(journey) if seen.type == "contact_lookup"]
    assert len(after) >= 20


def _after_purchase(journey: list[Seen]) -> list[Seen]:
    place = next((place for place, seen in enumerate(journey) if seen.type in BOUGHT), len(journey))
    return journey[place + 1 :]


def test_dear_orders_are_confirmed_on_request(month: Month) -> None:
    """About 70 % of those above 150 euro, few of the others."""
    asked = {
        seen.touchpoint["order"]["id"]
        for seen in month.of_type("order_confirmation")
        if seen.touchpoint["order"]["confirmation"] == "requested"
    }
    for dear, least, most in ((True, 0.6, 0.85), (False, 0.03, 0.2)):
        orders = [
            seen.touchpoint["order"]["id"]
            for seen in month.of_type("order")
            if (float(seen.touchpoint["order"]["total"]) > 150) is dear
        ]
        assert least < share(len(asked.intersection(orders)), len(orders)) < most


def test_business_uses_social_media_more(month: Month) -> None:
    """Companies and consumers are told apart, and orient themselves differently."""
    social: dict[str, list[bool]] = {"b2b": [], "b2c": []}
    for journey in month.people:
        kinds = {seen.touchpoint["company"]["type"] for seen in journey if "company" in seen.touchpoint}
        if len(kinds) == 1:
            social[kinds.pop()].append(any(seen.touchpoint["channel"] == SOCIAL for seen in journey))
    assert share(sum(social["b2b"]), len(social["b2b"])) > 1.6 * share(sum(social["b2c"]), len(social["b2c"]))


def test_ambassadors_reach_others(month: Month) -> None:
    """Codes of people who recommended in this month are used by other people later on."""
    made = {seen.touchpoint["ambassador"]["code"]: seen for seen in month.of_type("recommendation")
            if "ambassador" in seen.touchpoint}  # fmt: skip
    reached = [seen for seen in month.of_type("friend_referral") if "ambassador" in seen.touchpoint]
    assert sum(seen.touchpoint["ambassador"]["code"] in made for seen in reached) >= 20
    used = {seen.touchpoint["ambassador"]["code"] for seen in month.of_type("ambassador_code_used")
            if "ambassador" in seen.touchpoint}  # fmt: skip
    assert used & set(made)


def test_checkouts_are_left_and_come_back(month: Month) -> None:
    """Some are abandoned, and some of those end in an order after a mail."""
    left = [journey for journey in month.people if any(seen.type == "checkout_abandoned" for seen in journey)]
    assert 0.1 < share(sum(map(bought, left)), len(left)) < 0.8


def test_people_share_computers_and_use_several(month: Month) -> None:
    """One visitor is sometimes two customers, one customer often several visitors."""
    customers, visitors = defaultdict(set), defaultdict(set)
    for seen in month.touchpoints:
        if "visitor_id" in seen.touchpoint and "customer_id" in seen.touchpoint:
            customers[seen.touchpoint["visitor_id"]].add(seen.touchpoint["customer_id"])
            visitors[seen.touchpoint["customer_id"]].add(seen.touchpoint["visitor_id"])
    assert sum(len(found) > 1 for found in customers.values()) >= 3
    assert sum(len(found) > 1 for found in visitors.values()) >= 30


def test_devices_are_handed_over(month: Month) -> None:
    """Carts on a screen and codes in the shop lead to a second device, of which the first one is known by then."""
    first = {}
    for seen in month.touchpoints:
        if "visitor_id" in seen.touchpoint:
            first.setdefault(seen.touchpoint["visitor_id"], seen.moment)
    handed = [seen for seen in month.touchpoints if "linked_visitor_id" in seen.touchpoint.get("identity", {})]
    assert len(handed) >= 10
    for seen in handed:
        linked = seen.touchpoint["identity"]["linked_visitor_id"]
        assert linked != seen.touchpoint["visitor_id"]
    known = [seen for seen in handed if seen.touchpoint["identity"]["linked_visitor_id"] in first]
    assert len(known) > 0.8 * len(handed)


def test_tills_without_a_line_are_late(month: Month) -> None:
    """One shop's sales of some days are sent when its line is back, the others' within hours."""
    late: dict[str, float] = defaultdict(float)
    for seen in month.of_type("sale"):
        store = seen.touchpoint["store"]["id"]
        late[store] = max(late[store], (seen.delivery.moment - seen.moment) / 3600)
    assert sorted(hours > 48 for hours in late.values()) == [False] * (len(late) - 1) + [True]


def test_customers_come_back(month: Month) -> None:
    """Some journeys have more than one purchase."""
    assert sum(sum(seen.type in BOUGHT for seen in journey) > 1 for journey in month.people) >= 20


def test_satisfaction_has_highs_and_lows(month: Month) -> None:
    """Every kind of score is given, low ones as well as high ones, within its scale."""
    scores = defaultdict(list)
    for seen in month.touchpoints:
        if "feedback" in seen.touchpoint:
            feedback = seen.touchpoint["feedback"]
            assert 0 <= feedback["score"] <= feedback["scale"]
            scores[feedback["kind"]].append(feedback["score"] / feedback["scale"])
    assert set(scores) == {"nps", "csat", "stars"}
    assert all(min(found) <= 0.5 and max(found) == 1.0 for found in scores.values())


def test_only_bots_look_like_bots(month: Month) -> None:
    """Every bot's user agent is on the list of crawlers, no person's or system's is; bots have their share."""
    agents = {delivery.user_agent for delivery in month.deliveries}
    assert {agent for agent in agents if crawleruseragents.is_crawler(agent)} == BOT_AGENTS & agents == BOT_AGENTS
    pages = sum(seen.is_bot for seen in month.touchpoints)
    assert 0.5 * BOT_PAGES_PER_PERSON < pages / 1500 < 2 * BOT_PAGES_PER_PERSON


def test_both_languages_and_codes_on_paper_occur(month: Month) -> None:
    """Pages are Dutch mostly, English sometimes; QR codes lead from folder, billboard and shelf to the site."""
    pages = [seen.touchpoint["page"] for seen in month.touchpoints if seen.type == "page_view"]
    dutch = sum(page["path"].startswith("/demo/nl/") for page in pages)
    assert dutch + sum(page["path"].startswith("/demo/en/") for page in pages) == len(pages)
    assert 0.7 < share(dutch, len(pages)) < 0.95
    codes = {seen.touchpoint["campaign"]["source"] for seen in month.touchpoints
             if seen.touchpoint.get("campaign", {}).get("medium") == "qr"}  # fmt: skip
    assert codes == {"folder", "abri", "schap"}


def test_every_day_is_like_any_other_but_for_the_campaign(month: Month) -> None:
    """The month does not start from nothing: its first days are half as busy as the average at least."""
    days = Counter(int((seen.moment - month.start.timestamp()) // 86400) for seen in month.touchpoints)
    average = len(month.touchpoints) / 30
    assert len(days) == 30
    assert all(count > 0.5 * average for count in days.values())
