"""Keys: who may send, for which site, from where and how fast.

They rest in one JSON file (`settings.keys_file`, mode 0600), written whole under a temporary name. Of a secret key only
the SHA-256 is kept, so the file does not give it away; a public key stands in every page of the site anyway and is kept
as it is. Receivers look at the file once a second. A page on keys for their owners is `docs/keys.md`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from collector.errors import SettingsError
from collector.settings import Settings
from collector.spool import durable

FORMAT = 1
RANDOM_BYTES = 24
"""192 bits: a key cannot be guessed."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_QUOTED = re.compile("'.*'", re.DOTALL)
_ORIGIN = re.compile(r"(https?|[a-z][a-z0-9+.-]{0,30})://(\*\.)?[a-z0-9.-]{1,253}(:[0-9]{1,5})?")
_DEMO_SITE = "demo"

log = logging.getLogger(__name__)

Kind = Literal["public", "secret"]


class Key(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One key. `rate` is in touchpoints a second, `created` and `revoked` are in seconds since 1970."""

    name: str
    site: str
    kind: Kind
    origins: tuple[str, ...] = ()
    """Origins of web pages that may use it (`https://shop.example`, `https://*.shop.example`). None given: any."""
    rate: float | None = None
    value: str | None = None
    """Public keys only."""
    sha256: str | None = None
    """Secret keys only, in hex."""
    created: int = 0
    revoked: int | None = None

    @property
    def secret(self) -> bool:
        """Whether it may send till sales, history, loyalty links and overrides of address and user agent."""
        return self.kind == "secret"


class _File(Struct):
    format: int
    keys: list[Key]


class Keys:
    """The keys of one installation: `find` for receivers, the rest for whoever looks after them.

    Raises SettingsError when the file is there but cannot be read as keys.
    """

    def __init__(self, settings: Settings) -> None:
        self._path = settings.keys_file
        self._demo = settings.demo
        self._keys: Sequence[Key] = ()
        self._public: dict[str, Key] = {}
        self._secret: dict[str, Key] = {}
        self._seen = _version(self._path)
        self._take_over(_read(self._path))

    def find(self, value: str) -> Key | None:
        """The active key with this value. A secret value is looked up by its hash, whose timing tells nothing."""
        key = self._public.get(value)
        if key is None and self._secret:
            key = self._secret.get(_hash(value))
        return key

    def refresh(self) -> bool:
        """Reads the file again if it has changed; says whether it had.

        A file that cannot be read is reported and the keys known before stay: a slip of the pen in it must not turn
        every site away.
        """
        version = _version(self._path)
        if version == self._seen:
            return False
        try:
            self._take_over(_read(self._path))
        except SettingsError as error:
            log.error("the keys stay as they were: %s", error)
            if not isinstance(error.__cause__, OSError):  # what it holds is wrong until it changes
                self._seen = version
            return False
        self._seen = version
        log.info("keys read again: %d active", sum(key.revoked is None for key in self._keys))
        return True

    def list(self) -> Sequence[Key]:
        """All keys, revoked ones too, oldest first; with `demo` set also the two of the demo."""
        return self._keys

    def add(
        self, *, name: str, site: str, kind: Kind, origins: Sequence[str] = (), rate: float | None = None
    ) -> tuple[Key, str]:
        """Makes a key and returns it with its value, which for a secret key can be shown only now.

        Raises SettingsError when the name is taken by an active key, or a value is not allowed.
        """
        origins = tuple(dict.fromkeys(origin.strip().lower().rstrip("/") for origin in origins))
        _check(name, site, kind, origins, rate)
        value = f"{kind[0]}k_{secrets.token_urlsafe(RANDOM_BYTES)}"
        key = Key(name=name, site=site, kind=kind, origins=origins, rate=rate, created=int(time.time()))
        key = replace(key, sha256=_hash(value)) if kind == "secret" else replace(key, value=value)
        with _alone(self._path):
            kept = _read(self._path)
            if any(other.name == name and other.revoked is None for other in [*kept, *self._demo_keys()]):
                raise SettingsError(f"name: {name} is an active key; choose another name or revoke that one first")
            _write(self._path, [*kept, key])
        self.refresh()
        return key, value

    def revoke(self, name: str) -> Key:
        """Ends a key; receivers stop taking it within about a second. Raises SettingsError when none has the name."""
        with _alone(self._path):
            kept = _read(self._path)
            for index, key in enumerate(kept):
                if key.name == name and key.revoked is None:
                    kept[index] = replace(key, revoked=int(time.time()))
                    _write(self._path, kept)
                    self.refresh()
                    return kept[index]
        raise SettingsError(f"name: {name} is not an active key; `klantreis keys list` shows them")

    def _take_over(self, kept: Sequence[Key]) -> None:
        self._keys = (*kept, *self._demo_keys())
        active = [key for key in self._keys if key.revoked is None]
        self._public = {key.value: key for key in active if key.value is not None}
        self._secret = {key.sha256: key for key in active if key.sha256 is not None}

    def _demo_keys(self) -> Sequence[Key]:
        if not self._demo:
            return ()
        return (
            Key(name="demo", site=_DEMO_SITE, kind="public", value="demo"),
            Key(name="demo-secret", site=_DEMO_SITE, kind="secret", sha256=_hash("demo-secret")),
        )


def _hash(value: str) -> str:
    # No slow hash: the values are random, so there is nothing to guess.
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def _check(name: str, site: str, kind: str, origins: Sequence[str], rate: float | None) -> None:
    for what, text in (("name", name), ("site", site)):
        if not _NAME.fullmatch(text):
            raise SettingsError(f"{what}: {text!r} must be 1 to 64 of a-z, 0-9, dot, dash and underscore")
    if kind not in ("public", "secret"):
        raise SettingsError(f"kind: {kind!r} must be public or secret")
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise SettingsError(f"origin: {origin!r} must look like https://shop.example or https://*.shop.example")
    if rate is not None and not 0 < rate <= 1e9:
        raise SettingsError(f"rate: {rate} must be more than 0 touchpoints a second")


def _version(path: Path) -> tuple[int, int, int] | None:
    """Changes whenever the file is replaced; None when there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_ino, facts.st_size


def _read(path: Path) -> list[Key]:
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        # msgspec quotes a value that it did not expect, and that may be a key that stands in the wrong place.
        why = _QUOTED.sub("'…'", str(error)) if isinstance(error, msgspec.MsgspecError) else error
        cause = error if isinstance(error, OSError) else None
        raise SettingsError(f"{path}: cannot be read as keys ({why}); put back a copy or make the keys anew") from cause
    if file.format != FORMAT:
        raise SettingsError(f"{path}: has format {file.format}, this version reads {FORMAT}; use the newer klantreis")
    return file.keys


def _write(path: Path, keys: list[Key]) -> None:
    """Whole or not at all, and on disk when it returns: a key that was shown must not be gone after a power cut."""
    content = msgspec.json.format(msgspec.json.encode(_File(FORMAT, keys)), indent=2)
    durable.replace(path, content + b"\n", sync=True)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One change at a time: two commands at once would otherwise lose one of the two keys."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
