"""Every question answered once more, by pandas: what the views must say. Written from their documentation alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from collector.phases.rules import Model, RuleSet

Table = pd.DataFrame
NO_PHASE = ("", "outside", "unclassified")
CONTACTS = ("support_contacted", "after_sales_contacted", "advice_asked", "screen_shared", "complained")
SEARCHES = ("product_searched", "nearby_searched", "problem_searched")


class Asked:
    """The steps that count, and which of them were asked for."""

    def __init__(self, steps: Table, rules: RuleSet, given: Mapping[str, str]) -> None:
        """`given` are the parameters of the question."""
        self.given = {"since": "", "until": "", "segment": "", "bots": "0", "time_zone": "Europe/Amsterdam", **given}
        self.model: Model = next(m for m in rules.models if m.id == given.get("model", rules.default_model.id))
        self.stored = steps.assign(
            own=[phases[self.model.id] for phases in steps.phases],
            before=[phases.get(self.model.id, "") for phases in steps.previous_phases],
            behind=[phases.get(self.model.id, "") for phases in steps.next_phases],
        )
        self.all = self.stored if self.given["bots"] == "1" else self.stored[~self.stored.is_bot]
        if site := self.given.get("site", ""):
            self.all = self.all[self.all.site == site]
        self.all = self.all.copy()
        self.all["wanted"] = self.days(self.all.occurred_at) & self.in_segment()
        self.steps = self.all[self.all.wanted]
        self.known = self.steps[self.steps.person != 0]
        self.everybody = self.all[self.all.person != 0]

    def days(self, moments: pd.Series[Any], since: str = "since", until: str = "until") -> pd.Series[bool]:
        """Whether the day of each moment, where the asker lives, is in the period."""
        day = moments.dt.tz_convert(self.given["time_zone"]).dt.strftime("%Y-%m-%d")
        return (day >= self.given[since]) & (day < (self.given[until] or "9"))

    def in_segment(self) -> pd.Series[bool]:
        """Of each column that is named, one of the values given."""
        wanted: dict[str, list[str]] = {}
        for part in filter(None, self.given["segment"].split(",")):
            column, _, value = part.partition("=")
            wanted.setdefault(column, []).append(value)
        meant = pd.Series(True, index=self.all.index)
        for column, values in wanted.items():
            told = self.all[column].map(lambda one: str(one).lower() if isinstance(one, bool) else one)
            meant &= told.isin(values)
        return meant

    def whole(self, unit: str) -> Table:
        """All steps of the journeys, or people, that began in the period and have a step of the segment."""
        steps = self.everybody.assign(meant=self.in_segment())
        grouped = steps.groupby(unit)
        began, meant = grouped.occurred_at.min(), grouped.meant.any()
        return steps[steps[unit].isin(began.index[self.days(began) & meant])]

    def position(self, phase: str) -> int:
        """The place of a phase in the model, from 1; 0 for none of its own."""
        return self.model.phase_ids.index(phase) + 1 if phase in self.model.phase_ids else 0

    def part(self, phase: str) -> str:
        """Whether it is the buyer's or the customer's."""
        return {one.id: one.part for one in self.model.phases}.get(phase, "")

    def placed(self, table: Table, column: str = "phase") -> Table:
        """With the position of a phase."""
        return table.assign(position=[self.position(phase) for phase in table[column]])


def over(one: Any, other: Any) -> Any:
    """Division as ClickHouse has it: nan and inf instead of an error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(np.asarray(one, float), np.asarray(other, float))


def after(steps: Table, moments: pd.Series[Any], unit: str, at: str) -> pd.Series[bool]:
    """For each unit of `moments`: whether a purchase of it lies later."""
    last = steps[steps.purchase].groupby(unit)[at].max().reindex(moments.index)
    return last.notna() & (last > moments)


def journey_map(asked: Asked) -> Table:
    """Phase × channel."""
    found = (
        asked.steps.groupby(["own", "channel"])
        .apply(
            lambda cell: pd.Series(
                {
                    "touchpoints": len(cell),
                    "anonymous": (cell.person == 0).sum(),
                    "people": cell.person[cell.person != 0].nunique(),
                    "conversions": cell.purchase.sum(),
                }
            )
        )
        .reset_index()
    )
    return asked.placed(found.rename(columns={"own": "phase"}))


def phase_transitions(asked: Asked) -> Table:
    """Step by step; the time of what is passed over counts when it is asked for too."""
    walked: dict[tuple[str, str], list[float]] = {}
    columns = ["own", "before", "behind", "seconds_since_previous"]
    for own, before, behind, seconds in asked.known[columns].itertuples(index=False):
        target = own if own not in NO_PHASE else behind
        if before and target:
            passed = walked.setdefault((before, target), [0, 0.0])
            passed[0] += own not in NO_PHASE
            passed[1] += seconds
    rows = [(*pair, number, seconds / number / 3600) for pair, (number, seconds) in walked.items() if number]
    found = pd.DataFrame(rows, columns=["from_phase", "to_phase", "transitions", "mean_hours"])
    way = np.sign(found.to_phase.map(asked.position) - found.from_phase.map(asked.position))
    found["direction"] = way.map({1: "forward", -1: "back", 0: "loop"})
    return found.assign(share=found.transitions / found.groupby("from_phase").transitions.transform("sum"))


def journey_entries(asked: Asked) -> Table:
    """First and last phased step of each journey, by their order and not by what is noted beside them."""
    steps = asked.whole("journey")
    phased = asked.stored[asked.stored.journey.isin(steps.journey) & ~asked.stored.own.isin(NO_PHASE)]
    grouped = phased.sort_values("step").groupby("journey")
    edges = pd.concat([grouped.head(1).assign(edge="begin"), grouped.tail(1).assign(edge="end")])
    edges = edges[edges.index.isin(steps.index)]
    found = edges.groupby(["edge", "own", "channel"]).size().rename("journeys").reset_index()
    found["share"] = found.journeys / found.groupby("edge").journeys.transform("sum")
    return asked.placed(found.rename(columns={"own": "phase"}))


def phase_scorecard(asked: Asked) -> Table:
    """Every phase of the model, journey by journey."""
    steps = asked.whole("journey").sort_values("step")
    journeys: dict[int, list[tuple[str, bool]]] = {}
    for journey, own, purchase in steps[["journey", "own", "purchase"]].itertuples(index=False):
        journeys.setdefault(journey, []).append((own, purchase))
    rows = []
    for phase in asked.model.phases:
        place, reached, went_on, bought = asked.position(phase.id), 0, 0, 0
        for walked in journeys.values():
            first = next((at for at, (own, _) in enumerate(walked) if own == phase.id), None)
            if first is not None:
                reached += 1
                went_on += any(asked.position(own) > place for own, _ in walked[first:])
                bought += any(purchase for _, purchase in walked[first:])
        rows.append(
            {
                "phase": phase.id,
                "position": place,
                "part": phase.part,
                "journeys": len(journeys),
                "reached": reached,
                "touchpoints": (steps.own == phase.id).sum(),
                "went_on": went_on,
                "bought": bought,
                "hours": steps.seconds_since_previous[steps.before == phase.id].sum() / 3600,
            }
        )
    found = pd.DataFrame(rows)
    reach = over(found.reached, found.journeys)
    return found.drop(columns="hours").assign(
        reach=reach,
        never=1 - reach,
        progress=over(found.went_on, found.reached),
        conversion=over(found.bought, found.reached),
        mean_hours=over(found.hours, found.reached),
    )


def channel_position(asked: Asked) -> Table:
    """Thirds of the paths to the first purchase."""
    rows = []
    for journey, steps in asked.whole("journey").groupby("journey"):
        if steps.purchase.any():
            number = steps.step[steps.purchase].min() - 1
            for touch in steps[steps.step <= number].itertuples():
                place = (touch.step - 0.5) / number
                third = "first" if place < 1 / 3 else "middle" if place < 2 / 3 else "last"
                for kind in ("channel", "came_by", "medium"):
                    if name := getattr(touch, kind):
                        rows.append((kind, name, journey, third))
    touches = pd.DataFrame(rows, columns=["kind", "name", "journey", "third"])
    grouped = touches.groupby(["kind", "name"])
    found = grouped.agg(touches=("third", "size"), journeys=("journey", "nunique")).reset_index()
    for third in ("first", "middle", "last"):
        found[third] = grouped.third.agg(lambda all_of, third=third: (all_of == third).sum()).to_numpy()
        found[f"{third}_share"] = found[third] / found.touches
    return found


def media_per_phase(asked: Asked) -> Table:
    """People by audience, phase and medium."""
    told = asked.everybody.groupby("person").company_type.agg(set)
    audience = told.map(lambda types: "b2b" if "b2b" in types else "b2c" if "b2c" in types else "")
    steps = asked.known[~asked.known.own.isin(NO_PHASE)]
    medium = [_medium(came_by) or channel for came_by, channel in zip(steps.came_by, steps.channel, strict=True)]
    steps = steps.assign(audience=steps.person.map(audience), medium=medium, phase=steps.own)
    buying = steps[steps.own.map(asked.part) == "buyer"].assign(phase="")
    steps = pd.concat([steps, buying])
    everybody = steps.groupby(["audience", "phase"]).person.nunique()
    grouped = steps.groupby(["audience", "phase", "medium"]).person
    found = grouped.agg(touchpoints="size", people="nunique").reset_index()
    found["share"] = [row.people / everybody[(row.audience, row.phase)] for row in found.itertuples()]
    return asked.placed(found)


def _medium(came_by: str) -> str:
    for ending in ("Search", "Social", "Video", "Shopping"):
        if came_by.endswith(ending):
            return ending.lower()
    return {"Email": "email", "Display": "display", "Referral": "referral"}.get(came_by, "")


def service_contact(asked: Asked) -> Table:
    """Journeys by moment, and what follows each contact."""
    steps = asked.whole("journey").sort_values("step")
    steps = steps.assign(contact=steps.signal.isin(CONTACTS) & (steps.contact_direction != "outbound"))
    rows = []
    for moment, customer in (("before", False), ("after", True)):
        mine = steps[steps.customer == customer]
        first = mine[mine.contact].groupby("journey").step.min()
        journeys, without = mine.journey.nunique(), set(mine.journey) - set(first.index)
        contacts = mine[mine.contact]
        bought = after(steps, first, "journey", "step").sum()
        others = mine[mine.purchase & mine.journey.isin(without)].journey.nunique()
        totals = {
            "moment": moment,
            "journeys": journeys,
            "with_contact": len(first),
            "share": over(len(first), journeys),
            "contacts": len(contacts),
            "bought": bought,
            "bought_share": over(bought, len(first)),
            "bought_without": over(others, journeys - len(first)),
        }
        following = contacts.behind.value_counts() if len(contacts) else pd.Series({"": 0})
        rows += [
            {
                **totals,
                "next_phase": phase,
                "position": asked.position(phase),
                "followed": followed,
                "followed_share": over(followed, len(contacts)),
            }
            for phase, followed in following.items()
        ]
    return pd.DataFrame(rows)


def friction(asked: Asked) -> Table:
    """People by kind of friction."""
    steps, everybody = asked.known, asked.everybody
    kinds = {
        "repeated_question": (steps.contact_repeated.notna(), steps.contact_repeated.fillna(False)),
        "long_wait": (
            steps.contact_waited_s.notna(),
            steps.contact_waited_s >= float(asked.given.get("long_wait_s", "300")),
        ),
        "several_people": (steps.contact_agents.notna(), steps.contact_agents >= 2),
        "unanswered": (steps.contact_answered.notna(), ~steps.contact_answered.fillna(True)),
        "abandoned_checkout": (
            steps.signal.isin(["checkout_reached", "checkout_abandoned"]),
            steps.signal == "checkout_abandoned",
        ),
    }
    returned = steps[steps.signal.isin(["return_requested", "returned"])].groupby("person").occurred_at.max()
    heard = everybody.groupby("person").occurred_at.max()
    rows = []
    for kind, (could, met) in kinds.items():
        meeting = steps[met.astype(bool)].groupby("person").occurred_at
        first, last = meeting.min(), meeting.max()
        chance = steps[could.astype(bool)].groupby("person").occurred_at.min()
        spared = chance[~chance.index.isin(first.index)]
        conversion = over(after(everybody, first, "person", "occurred_at").sum(), len(first))
        without = over(after(everybody, spared, "person", "occurred_at").sum(), len(spared))
        both = returned[returned.index.isin(first.index)]
        rows.append(
            {
                "kind": kind,
                "touchpoints": met.sum(),
                "people": len(first),
                "could_meet": len(chance),
                "share": over(len(first), len(chance)),
                "conversion_after": conversion,
                "conversion_without": without,
                "drop": without - conversion,
                "left": over((heard.reindex(last.index) == last).sum(), len(last)),
                "returned": len(returned),
                "returned_after": over((first.reindex(both.index) < both).sum(), len(returned)),
            }
        )
    return pd.DataFrame(rows)


def search_to_purchase(asked: Asked) -> Table:
    """Searches by device and whether local."""
    searches = asked.known[asked.known.signal.isin(SEARCHES)]
    last = asked.everybody[asked.everybody.purchase].groupby("journey").step.max()
    searches = searches.assign(
        local=searches.search_local.fillna(False).astype(bool) | (searches.signal == "nearby_searched"),
        ended=searches.journey.map(last).fillna(0) > searches.step,
    )
    grouped = searches.groupby(["device", "local"])
    found = grouped.agg(searches=("ended", "size"), bought=("ended", "sum"), people=("person", "nunique"))
    ended = searches[searches.ended].groupby(["device", "local"]).person.nunique()
    found["people_bought"] = ended.reindex(found.index).fillna(0)
    return found.assign(
        share=found.bought / found.searches, people_share=found.people_bought / found.people
    ).reset_index()


def contact_lookup(asked: Asked) -> Table:
    """People who looked it up, by the phases that they were in."""
    rows = []
    for step in asked.known.itertuples():
        looking = step.signal == "contact_looked_up"
        phases = {"", step.own, step.before} if looking else {"", step.own}
        rows += [(phase, step.person, looking, step.Index) for phase in phases - {"outside", "unclassified"}]
    table = pd.DataFrame(rows, columns=["phase", "person", "looking", "at"])
    grouped = table.groupby("phase")
    found = grouped.agg(people=("person", "nunique"), lookups=("looking", "sum"))
    found["looked_up"] = table[table.looking].groupby("phase").person.nunique().reindex(found.index).fillna(0)
    return asked.placed(found.assign(share=found.looked_up / found.people).reset_index())


def order_confirmation(asked: Asked) -> Table:
    """Larger orders by kind of customer and currency."""
    told = asked.all[asked.all.order_id != ""]
    requested = told[(told.order_confirmation == "requested") | (told.signal == "confirmation_requested")]
    sent = told[(told.order_confirmation == "sent") | (told.signal == "order_confirmed")]
    keys = [set(zip(some.site, some.order_id, strict=True)) for some in (requested, sent)]
    total = asked.known.order_total.map(lambda total: -1.0 if total is None else float(total))
    orders = asked.known[asked.known.purchase & (total > float(asked.given.get("above", "150")))]
    names = list(zip(orders.site, orders.order_id, strict=True))
    orders = orders.assign(
        customer=orders.customer.map({True: "returning", False: "new"}),
        asked_for=[name in keys[0] for name in names],
        unasked=[name in keys[1] and name not in keys[0] for name in names],
    )
    found = orders.groupby(["customer", "order_currency"]).agg(
        orders=("asked_for", "size"), on_request=("asked_for", "sum"), unasked=("unasked", "sum")
    )
    return found.assign(share=found.on_request / found.orders).reset_index(names=["customer", "currency"])


def buyer_vs_customer(asked: Asked) -> Table:
    """People, one after the other."""
    rows = []
    for _, steps in asked.whole("person").groupby("person"):
        leading = steps[~steps.customer]
        if len(leading):
            bought = steps.purchase.sum()
            rows.append(("buyer" if bought else "open", *_length(leading), False))
            if bought:
                rows.append(("customer", *_length(steps), bought > 1))
    people = pd.DataFrame(rows, columns=["journey", "touchpoints", "days", "channels", "again"])
    grouped = people.groupby("journey")
    return grouped.agg(
        people=("days", "size"),
        mean_touchpoints=("touchpoints", "mean"),
        median_touchpoints=("touchpoints", "median"),
        mean_days=("days", "mean"),
        median_days=("days", "median"),
        mean_channels=("channels", "mean"),
        omnichannel=("channels", lambda channels: (channels > 1).mean()),
        repeat_rate=("again", "mean"),
    ).reset_index()


def _length(steps: Table) -> tuple[int, float, int]:
    passed = steps.occurred_at.max() - steps.occurred_at.min()
    return len(steps), passed / pd.Timedelta(days=1), steps.channel.nunique()


def ambassadors(asked: Asked) -> Table:
    """Who was reached first by each code, and who recommended with it."""
    steps = asked.known
    recommended = steps[steps.signal == "recommended"]
    meeting = steps[
        (steps.signal != "recommended")
        & (steps.signal.isin(["ambassador_met", "friend_referred"]) | (steps.ambassador_code != ""))
    ].sort_values(["occurred_at", "touch"])
    first = meeting.groupby(["ambassador_code", "person"]).head(1)
    last = asked.everybody[asked.everybody.purchase].groupby("person").occurred_at.max()
    bought = first.person.map(last) >= first.occurred_at
    first = first.assign(newcomer=~first.customer, bought=bought, newcomer_bought=~first.customer & bought)
    found = first.groupby(["ambassador_code", "own"]).agg(
        reached=("person", "size"),
        newcomers=("newcomer", "sum"),
        bought=("bought", "sum"),
        newcomers_bought=("newcomer_bought", "sum"),
    )
    found = found.reset_index(names=["ambassador", "phase"])
    missing = set(recommended.ambassador_code) - set(found.ambassador)
    found = pd.concat([found, pd.DataFrame({"ambassador": sorted(missing), "phase": ""})]).fillna(0)
    found = asked.placed(found)
    early = found.newcomers.where(found.position.between(1, 4), 0).groupby(found.ambassador).transform("sum")
    grouped = recommended.groupby("ambassador_code").person
    return found.assign(
        early_share=over(early, found.groupby("ambassador").newcomers.transform("sum")),
        recommenders=found.ambassador.map(grouped.nunique()).fillna(0),
        recommendations=found.ambassador.map(grouped.size()).fillna(0),
    )


def experience(asked: Asked) -> Table:
    """Scores in the phase that they are about."""
    scores = asked.known[asked.known.feedback_score.notna() & (asked.known.feedback_scale > 0)]
    scores = scores.assign(
        phase=scores.before.where(scores.before != "", scores.own),
        moment=scores.customer.map({True: "after", False: "before"}),
        of_one=scores.feedback_score / scores.feedback_scale,
    )
    grouped = scores.groupby(["phase", "moment", "channel"])
    found = grouped.agg(
        scores=("of_one", "size"),
        people=("person", "nunique"),
        satisfaction=("of_one", "mean"),
        median_satisfaction=("of_one", "median"),
        low_share=("of_one", lambda all_of: (all_of <= 0.5).mean()),
        high_share=("of_one", lambda all_of: (all_of >= 0.9).mean()),
    )
    return asked.placed(found.reset_index())


def map_changes(asked: Asked) -> Table:
    """The map of each side."""
    steps, sides = asked.all[asked.in_segment()], {}
    for prefix in ("", "other_"):
        chosen = steps[asked.days(steps.occurred_at, f"{prefix}since", f"{prefix}until")]
        if hash_of := asked.given.get(f"{prefix}rule_set", ""):
            chosen = chosen[chosen.rule_set == hash_of]
        grouped = chosen.groupby(["own", "channel"])
        people = chosen[chosen.person != 0].groupby(["own", "channel"]).person.nunique()
        sides[f"{prefix}touchpoints"] = grouped.size()
        sides[f"{prefix}people"] = people
        sides[f"{prefix}conversions"] = grouped.purchase.sum()
    found = pd.DataFrame(sides).fillna(0).reset_index(names=["phase", "channel"])
    found["share"] = over(found.touchpoints, found.touchpoints.sum())
    found["other_share"] = over(found.other_touchpoints, found.other_touchpoints.sum())
    return asked.placed(found.assign(change=found.share - found.other_share))


def attribution(asked: Asked) -> Table:
    """Purchase by purchase, with the rule's weights in floats."""
    given = {"by": "came_by", "rule": "linear", "half_life_days": "7", "window_days": "0", **asked.given}
    meant = set(asked.everybody[asked.in_segment()[asked.everybody.index]].journey)
    bought = asked.everybody[asked.everybody.purchase & asked.days(asked.everybody.occurred_at)]
    arrivals = asked.everybody[asked.everybody.came_by != ""].sort_values("step")
    of_journey = dict(tuple(arrivals.groupby("journey")))
    rows = []
    for purchase in bought[bought.journey.isin(meant)].itertuples():
        path = of_journey.get(purchase.journey, arrivals[:0])
        path = path[path.step <= purchase.step]
        ages = (purchase.occurred_at - path.occurred_at) / pd.Timedelta(days=1)
        if window := float(given["window_days"]):
            path, ages = path[ages <= window], ages[ages <= window]
        names = list(path[given["by"]]) or ["(no touch)"]
        weights = credit(given["rule"], list(ages), list(path.came_by), float(given["half_life_days"]))
        total = 0.0 if purchase.order_total is None else float(purchase.order_total)
        for at, (name, weight) in enumerate(zip(names, weights, strict=True)):
            touched = len(path) > 0 and name not in names[:at]
            rows.append((name, purchase.order_currency, weight, weight * total, touched))
    table = pd.DataFrame(rows, columns=["name", "currency", "conversions", "revenue", "touched"])
    found = table.groupby(["name", "currency"]).sum().reset_index()
    return found.assign(share=found.conversions / found.conversions.sum())


def credit(rule: str, ages: list[float], ways: list[str], half_life: float) -> list[float]:
    """The weights of touches that are so many days old at the purchase."""
    number = len(ages)
    if number < 2:
        return [1.0]
    indirect = [at for at, way in enumerate(ways) if way != "Direct"]
    whole: dict[str, Callable[[], int]] = {
        "first": lambda: 0,
        "last": lambda: number - 1,
        "last_non_direct": lambda: indirect[-1] if indirect else number - 1,
    }
    if rule in whole:
        return [float(at == whole[rule]()) for at in range(number)]
    if rule == "linear":
        return [1 / number] * number
    if rule == "position":
        return [0.5, 0.5] if number == 2 else [0.4, *[0.2 / (number - 2)] * (number - 2), 0.4]
    decayed = [2 ** (-age / half_life) for age in ages]
    return [one / sum(decayed) for one in decayed]


def attribution_transitions(asked: Asked) -> Table:
    """Paths walked with a pencil."""
    by, walked = asked.given.get("by", "came_by"), []
    for _, steps in asked.whole("journey").sort_values("step").groupby("journey"):
        here = "(start)"
        for step in steps.itertuples():
            if step.came_by:
                walked.append((here, getattr(step, by)))
                here = getattr(step, by)
            if step.purchase:
                if here == "(start)":
                    walked.append((here, "(no touch)"))
                    here = "(no touch)"
                walked.append((here, "(purchase)"))
                here = "(start)"
        if here != "(start)":
            walked.append((here, "(null)"))
    return pd.DataFrame(walked, columns=["source", "target"]).value_counts().rename("transitions").reset_index()


ANSWERS: Mapping[str, Callable[[Asked], Table]] = {
    one.__name__: one
    for one in (
        journey_map,
        phase_transitions,
        journey_entries,
        phase_scorecard,
        channel_position,
        media_per_phase,
        service_contact,
        friction,
        search_to_purchase,
        contact_lookup,
        order_confirmation,
        buyer_vs_customer,
        ambassadors,
        experience,
        map_changes,
        attribution,
        attribution_transitions,
    )
}
