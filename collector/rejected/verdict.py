"""Would the front door let this rejected touchpoint in now?

The checks are the receiver's own, with the rights that its key has now and the settings of now, but at the time of its
receipt: what was a day old then is a day old for ever.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from collector.envelope import AcceptedTouchpoint, Envelope
from collector.errors import Reason, Refused
from collector.misfit import told
from collector.receive.accept import Checks
from collector.receive.access import Key, Keys
from collector.receive.arriving import Arriving
from collector.receive.decode import Delivery, decode
from collector.receive.tally import Tally
from collector.rejected.kept import Kept
from collector.settings import Settings
from collector.touchpoint import Sdk

NO_REPLAY = "cannot be replayed"
"""What stands for a reason where it is not the touchpoint that is refused, but the replay."""

_read_row = msgspec.json.Decoder(AcceptedTouchpoint).decode


class Admitted(NamedTuple):
    """It comes in, in this form."""

    envelope: Envelope
    lines: bytes
    """Its JSON and a newline, as it rests in the spool."""


class Refusal(NamedTuple):
    """It does not come in."""

    reason: str
    """A word of `collector.errors.Reason`, or NO_REPLAY."""
    detail: str


class Unfit(Exception):
    """There is nothing that could be checked, or nobody for whom. The message says what to do."""


class Judge:
    """Judges rows one by one, with the keys and settings that there were when it was made. Raises SettingsError."""

    def __init__(self, settings: Settings) -> None:
        self._keys = Keys(settings).list()
        self._checks = Checks(settings, Tally())
        self._nesting = settings.nesting_limit

    async def judge(self, kept: Kept) -> Admitted | Refusal:
        """What would become of this row."""
        try:
            arriving = _arriving(kept, self._key(kept))
            delivery = self._delivery(kept)
        except Unfit as unfit:
            return Refusal(NO_REPLAY, str(unfit))
        checked = await self._checks.sort(delivery, arriving, strict=not kept.loose)
        for turned in checked.rejected:
            return Refusal(turned.why.reason.word, turned.why.detail)
        return Admitted(arriving.envelope(Sdk(kept.sdk_name, kept.sdk_version)), checked.lines)

    def _key(self, kept: Kept) -> Key:
        """The key that it came with, as it is now. Raises Unfit."""
        if not kept.key:
            raise Unfit("it is a record of the spool that could not be read, not a touchpoint of a key")
        named = [key for key in self._keys if key.name == kept.key]
        active = next((key for key in named if key.revoked is None), None)
        if active is None:
            state = "is revoked" if named else "is not known here"
            raise Unfit(f"key {kept.key} {state}; to let it in, klantreis keys add {kept.key} --site {kept.site}")
        if active.site != kept.site:
            raise Unfit(f"key {kept.key} is now of site {active.site}, and it came for site {kept.site}")
        return active

    def _delivery(self, kept: Kept) -> Delivery:
        """What was sent, read as a request that holds it alone. Raises Unfit."""
        raw = kept.raw.encode()
        if not raw:
            raise Unfit(
                "nothing of it was kept: the person did not consent or is forgotten, or it was larger than 256 KiB"
            )
        if not _is_whole(raw):
            raise Unfit("its JSON was cut at the size limit; it can only be sent again")
        body = b'{"touchpoints":[%b]}' % raw
        try:
            if kept.reason == Reason.UNLOADABLE.word:
                return Delivery(body, [_read_row(raw)])
            return decode(body, limit=1, nesting=self._nesting)
        except msgspec.ValidationError as error:
            raise Unfit(f"it was accepted in a form that this version does not read: {told(error)[0]}") from None
        except Refused as refused:
            raise Unfit(f"its JSON is not that of a touchpoint: {refused.detail}") from None


def _arriving(kept: Kept, key: Key) -> Arriving:
    """The request that it came with, as far as it is known."""
    headers = {b"user-agent": kept.user_agent.encode("latin-1", "replace"), b"sec-gpc": b"1" if kept.gpc else b"0"}
    return Arriving(key, kept.address, headers, kept.sent_us, kept.received_us)


def _is_whole(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw, type=msgspec.Raw)
    except (ValueError, RecursionError):
        return False
    return True
