"""Who may log in to the embedded ClickHouse, and with which password.

One user may do everything that is allowed here at all (`clickhouse_user`); `clickhouse_readers` may only read. Its
password is made at the first start and kept in the data folder, so that commands on the same machine find it and nobody
else does.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

from collector.errors import SettingsError
from collector.settings import Settings
from collector.warehouse.embedded.faults import Fault

PASSWORD_FILE = "clickhouse.password"  # noqa: S105  # the name of the file
_PASSWORD_BYTES = 24  # 192 bits: no guessing, and short enough to copy by hand


def known_password(settings: Settings) -> str | None:
    """The password of this installation: the one set, else the one kept in the data folder, if there is one yet."""
    given = settings.clickhouse_password.get_secret_value()
    if given:
        return given
    try:
        return (settings.data / PASSWORD_FILE).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"clickhouse_password: {settings.data / PASSWORD_FILE} cannot be read: {error}") from None


def ensure_password(settings: Settings) -> str:
    """The password of this installation, made now if there is none. Processes that do this at once agree on one.

    Raises SettingsError when it cannot be kept.
    """
    file = settings.data / PASSWORD_FILE
    try:
        while (password := known_password(settings)) is None:
            settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            file.unlink(missing_ok=True)  # it is empty, if it exists
            _keep(secrets.token_urlsafe(_PASSWORD_BYTES), file)
    except OSError as error:
        raise SettingsError(f"clickhouse_password: {file} cannot be written: {error}") from None
    return password


def _keep(password: str, file: Path) -> None:
    """Write whole or not at all; the first of several writers wins. `mkstemp` makes it readable for its owner only."""
    descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=".password-")
    try:
        os.write(descriptor, f"{password}\n".encode())
        os.fsync(descriptor)
        os.link(temporary, file)
    except FileExistsError:
        pass  # another process was faster; its password counts
    finally:
        os.close(descriptor)
        Path(temporary).unlink()


def is_loopback(host: str) -> bool:
    """Whether an address or name reaches only this machine."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        address = ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or bool(getattr(address, "ipv4_mapped", None) and address.ipv4_mapped.is_loopback)  # type: ignore[union-attr]


@dataclass(frozen=True)
class User:
    """Somebody who is logged in."""

    name: str
    reads_only: bool


class Users:
    """The users of one server."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError for a malformed list of readers."""
        self._open = settings.demo and is_loopback(settings.clickhouse_host)
        self._full = settings.clickhouse_user
        self._digests = {settings.clickhouse_user: _digest(ensure_password(settings))}
        for entry in filter(None, settings.clickhouse_readers.get_secret_value().split(",")):
            name, colon, password = entry.strip().partition(":")
            if not (name and colon and password) or name in self._digests:
                raise SettingsError(
                    "clickhouse_readers: give name:password pairs with commas between, each name once "
                    "and none of them the clickhouse_user (see docs/embedded-clickhouse.md)"
                )
            self._digests[name] = _digest(password)

    def log_in(self, headers: Mapping[str, str], parameters: Mapping[str, str]) -> User:
        """The user whose credentials a request carries. Raises Fault 194 for none and 516 for wrong ones."""
        name, password = _credentials(headers, parameters)
        if self._open and name in (self._full, "") and not password:
            return User(self._full, False)
        if not name and not password:
            raise Fault(194, "Authentication failed: give a user and a password", "REQUIRED_PASSWORD")
        name = name or "default"
        expected = self._digests.get(name, b"\0" * 32)
        if not hmac.compare_digest(expected, _digest(password)):
            raise Fault(
                516, f"{name[:64]}: Authentication failed: password is incorrect, or there is no user with such name"
            )
        return User(name, name != self._full)


def _digest(password: str) -> bytes:
    return sha256(password.encode("utf-8", "surrogatepass")).digest()


def _credentials(headers: Mapping[str, str], parameters: Mapping[str, str]) -> tuple[str, str]:
    """Name and password from headers, Basic authentication or the URL; two ways at once are refused, as on a server."""
    by_header = "x-clickhouse-user" in headers or "x-clickhouse-key" in headers
    by_basic = "authorization" in headers
    by_url = "user" in parameters or "password" in parameters
    if by_header + by_basic + by_url > 1:
        raise Fault(516, "Invalid authentication: give user and password in one way only")
    if by_header:
        return headers.get("x-clickhouse-user", ""), headers.get("x-clickhouse-key", "")
    if by_basic:
        return _basic(headers["authorization"])
    return parameters.get("user", ""), parameters.get("password", "")


def _basic(header: str) -> tuple[str, str]:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        raise Fault(516, f"Invalid authentication: '{scheme[:20]}' HTTP Authorization scheme is not supported")
    try:
        name, _, password = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise Fault(516, "Invalid authentication: malformed Basic credentials") from None
    return name, password
