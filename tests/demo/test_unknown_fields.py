"""A demo that the collector has to mend would teach its readers the wrong vocabulary."""

from __future__ import annotations

import msgspec
import orjson

from collector.settings import Settings
from collector.touchpoint import CHANNELS, PROPERTIES_BYTES, PROPERTIES_KEYS, STANDARD_TYPES, Batch
from tests.demo.month import Month

NOT_OF_THE_DEMO = {
    "app_backgrounded", "app_crashed", "app_updated", "download", "engagement", "form_sent", "form_start", "link_click",
    "not_found",
}  # fmt: skip
"""Standard types that say little of a journey; the demo leaves them out."""


def test_every_touchpoint_is_one_by_the_strict_vocabulary(month: Month) -> None:
    """Each batch decodes with unknown fields forbidden and every limit of the wire format."""
    decoder = msgspec.json.Decoder(Batch)
    for delivery in month.deliveries:
        decoder.decode(orjson.dumps({"key": "demo", "touchpoints": delivery.touchpoints}))


def test_every_standard_type_occurs_and_no_other(month: Month) -> None:
    """The month shows the whole vocabulary, and nothing that no rule knows."""
    assert {seen.type for seen in month.touchpoints} == set(STANDARD_TYPES) - NOT_OF_THE_DEMO


def test_every_channel_occurs_and_every_touchpoint_has_one(month: Month) -> None:
    """All sixteen channels are there."""
    assert {seen.touchpoint["channel"] for seen in month.touchpoints} == set(CHANNELS)


def test_batches_keep_within_the_limits(month: Month) -> None:
    """A request is as small as a browser's, or as a system's; properties stay far below their limits."""
    for delivery in month.deliveries:
        assert 1 <= len(delivery.touchpoints) <= (20 if delivery.sdk[0] in ("web", "mobile") else 200)
        assert len(orjson.dumps(delivery.touchpoints)) < Settings.model_fields["body_limit_kib"].default * 1024 / 2
        for touchpoint in delivery.touchpoints:
            properties = touchpoint.get("properties", {})
            assert len(properties) <= PROPERTIES_KEYS and len(orjson.dumps(properties)) <= PROPERTIES_BYTES
