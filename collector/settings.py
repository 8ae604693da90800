"""Every setting once: its name, unit, default, limits and why it is what it is.

A value comes from, first found first taken: the command line (`--spool-limit-mib 512`), the environment
(`KLANTREIS_SPOOL_LIMIT_MIB=512`), `klantreis.toml` in the working folder or the file named by `KLANTREIS_CONFIG`
(`spool_limit_mib = 512`), the default below. `docs/settings.md` is generated from this file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import TomlConfigSettingsSource

from collector.errors import SettingsError

ENV_PREFIX = "KLANTREIS_"
CONFIG_FILE = "klantreis.toml"
OF_THE_STORE_SDK = {f"{ENV_PREFIX}STORE_{name}" for name in ("URL", "KEY", "KEY_FILE", "FOLDER")}
"""Variables of `klantreis-store`, which may run on the same machine, and from the same terminal."""


def _comma_list(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list)]


class Settings(BaseSettings):
    """All settings, validated. Frozen: a changed setting takes a restart."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, extra="forbid", frozen=True)

    # Where things are.
    data: Path = Field(
        Path("data"),
        description="Folder that holds the spool, the keys and the embedded ClickHouse. Back it up, but for salts/.",
    )
    rules: Path | None = Field(
        None, description="Folder with your own phase rules (signals/ and models/). Unset: the rules that ship."
    )

    # Listening. Only the public port is meant for the world.
    host: str = Field("127.0.0.1", description="Address of the public port. 0.0.0.0 opens it to the network.")
    port: int = Field(8080, ge=0, le=65535, description="Public port: touchpoints, pixel, k.js, health.")
    public_path: str = Field(
        "",
        pattern=r"^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,63}){0,4}$",
        description="Path (/stats-xyz) below which the public port serves scripts, touchpoints and pixel once more: "
        "for sites that pass it on from their own address (docs/first_party.md).",
    )
    console_host: str = Field(
        "127.0.0.1", description="Address of the operations and console port. It has no login: keep it private."
    )
    console_port: int = Field(8081, ge=0, le=65535, description="Operations and console port: metrics, health.")
    console_networks: CommaList = Field(
        ("127.0.0.0/8", "::1/128"),
        description="Networks from which the console's live page may be opened, comma-separated: it shows what single "
        "visitors did. An SSH tunnel comes from the machine itself.",
    )
    workers: int = Field(
        0, ge=0, le=256, description="Receiver processes that share the public port. 0: one per processor, at most 4."
    )
    trusted_proxies: CommaList = Field(
        (),
        description="Networks whose X-Forwarded-For is believed, comma-separated (10.0.0.0/8). "
        "None by default: anybody can write that header.",
    )
    demo: bool = Field(
        False,
        description="Serve the demo shop at /demo/ and accept the keys demo and demo-secret; the embedded ClickHouse "
        "asks no password on loopback. For trying out only.",
    )

    # Warehouse.
    clickhouse: str | None = Field(
        None, description="URL of a ClickHouse server (https://host:8443). Unset: the embedded one is started."
    )
    clickhouse_user: str = Field("default", description="User that the loader and the console log in with.")
    clickhouse_password: SecretStr = Field(
        SecretStr(""), description="Its password. For the embedded server: generated into the data folder when unset."
    )
    clickhouse_cluster: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_.-]*$",
        description="Name of the cluster in a ClickHouse cluster's configuration: tables are then replicated and "
        "distributed. Empty: one server.",
    )
    clickhouse_readers: SecretStr = Field(
        SecretStr(""),
        description="Users of the embedded ClickHouse who may only read, as name:password with commas between.",
    )
    clickhouse_host: str = Field("127.0.0.1", description="Address the embedded ClickHouse listens on.")
    clickhouse_port: int = Field(8123, ge=0, le=65535, description="Port the embedded ClickHouse listens on.")
    clickhouse_memory_mib: int = Field(
        4096,
        ge=256,
        description="MiB the embedded ClickHouse may use; the engine's own default is 90 % of the machine.",
    )
    clickhouse_timeout_s: float = Field(
        60.0, ge=1, description="Seconds the loader waits for one statement before it takes ClickHouse for away."
    )

    # Limits of a request. They bound what one hostile request can cost.
    body_limit_kib: int = Field(1024, ge=1, description="KiB of a request's body as sent.")
    unpacked_limit_kib: int = Field(8192, ge=1, description="KiB of a body after decompression: stops gzip bombs.")
    touchpoints_limit: int = Field(500, ge=1, description="Touchpoints in one request.")
    touchpoint_limit_kib: int = Field(32, ge=1, description="KiB of JSON of one touchpoint.")
    nesting_limit: int = Field(16, ge=4, le=200, description="Levels of objects and lists within one request.")
    first_byte_timeout_s: float = Field(
        1.0, gt=0, description="Seconds from connecting to the first byte; what stays silent longer is closed."
    )
    head_timeout_s: float = Field(5.0, gt=0, description="Seconds from a request's first byte to the end of its head.")
    body_timeout_s: float = Field(10.0, gt=0, description="Seconds for a request's body; slower gets 408.")
    keep_alive_s: float = Field(
        15.0, gt=0, description="Seconds an idle connection is kept for the next request after an answer."
    )
    property_names_limit: int = Field(
        10_000, ge=1, description="New property names a site may bring per day; the rest go to `_overflow`."
    )
    history_days: int = Field(30, ge=1, description="Days that a public key may send back into the past.")

    # Rates, in touchpoints a second. Off by default: a legitimate peak must not lose anything.
    rate_per_key: float | None = Field(
        None,
        gt=0,
        description="Touchpoints a second that each key may send, unless the key says otherwise. Unset: off.",
    )
    rate_per_address: float | None = Field(
        None, gt=0, description="Touchpoints a second from one address prefix (/24, /48). Unset: off."
    )

    # Spool.
    spool_limit_mib: int = Field(10_240, ge=1, description="MiB the spool may take on disk; then 503 until it drains.")
    spool_key_share: float = Field(
        0.5, gt=0, le=1, description="Share of the spool that the touchpoints of one key may take."
    )
    segment_mib: int = Field(
        64, ge=1, le=1024, description="MiB after which a new segment file is begun; loaded ones are deleted whole."
    )
    retry_after_s: int = Field(5, ge=1, description="Seconds told in Retry-After when the spool cannot take more.")

    # Loader.
    load_mib: int = Field(64, ge=1, description="MiB of touchpoints in one INSERT at most.")
    load_interval_ms: int = Field(
        250, ge=10, description="Milliseconds between looks at the spool: smaller is fresher, larger makes fewer parts."
    )

    # Time.
    clock_skew_s: float = Field(
        60.0,
        ge=1,
        description="Seconds a sender's clock may be off before occurred_at is corrected: transit is not skew.",
    )

    # Journeys.
    journey_silence_days: float = Field(
        90.0, gt=0, description="Days without a touchpoint after which a person's next one begins another journey."
    )
    identity_hub_people: int = Field(
        25,
        ge=1,
        description="Customers, cards, addresses or linked devices that one identifier may come together with; above "
        "that it is a hub (a shop's own tablet, the customer `guest`) and links nobody.",
    )
    identity_hub_devices: int = Field(
        250,
        ge=1,
        description="Devices that a customer, card or address may come together with; more than people have, because "
        "browsers forget a visitor id within days.",
    )
    settle_interval_ms: int = Field(1000, ge=10, description="Milliseconds between looks at whose journeys changed.")

    # How long things are kept.
    # ClickHouse counts the end of a row in 32 bits of seconds: what would end after 2106 would end at once.
    keep_touchpoints_days: int = Field(
        0, ge=0, le=10_000, description="Days touchpoints are kept in ClickHouse. 0: for ever."
    )
    keep_rejected_days: int = Field(
        30, ge=1, le=10_000, description="Days rejected touchpoints are kept; 10,000 at most."
    )
    rejected_per_day: int = Field(
        100_000, ge=0, description="Rejected touchpoints kept per key and day and worker; more are counted, not kept."
    )

    # Stopping and logging.
    stop_timeout_s: float = Field(15.0, gt=0, description="Seconds open requests get to finish at a stop.")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error.")
    log_format: str = Field("text", pattern="^(text|json)$", description="text for people, json for log collectors.")

    @field_validator("trusted_proxies", "console_networks")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ip_network(network)
        return value

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """`trusted_proxies`, parsed."""
        return tuple(ip_network(network) for network in self.trusted_proxies)

    @property
    def live_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """`console_networks`, parsed."""
        return tuple(ip_network(network) for network in self.console_networks)

    @property
    def clickhouse_place(self) -> str:
        """Where ClickHouse is, to be shown: without a user and password that may stand in the URL."""
        if self.clickhouse is None:
            return f"http://{self.clickhouse_host}:{self.clickhouse_port}"
        before, slashes, rest = self.clickhouse.rpartition("//")
        return f"{before}{slashes}{rest.rpartition('@')[2]}"

    @property
    def worker_count(self) -> int:
        """`workers`, with 0 resolved for this machine."""
        return self.workers or min(4, os.cpu_count() or 1)

    @property
    def spool_folder(self) -> Path:
        """Segments of the receivers, and what the loader has acknowledged of them."""
        return self.data / "spool"

    @property
    def clickhouse_folder(self) -> Path:
        """Data of the embedded ClickHouse."""
        return self.data / "clickhouse"

    @property
    def keys_file(self) -> Path:
        """Keys that may send; secret ones as hashes."""
        return self.data / "keys.json"

    @property
    def salts_folder(self) -> Path:
        """Salts of visitor hashes, of today and tomorrow. Never part of a backup."""
        return self.data / "salts"

    @property
    def scripts_folder(self) -> Path:
        """Builds of the web SDK that pages may have pinned."""
        return self.data / "scripts"

    @property
    def imports_folder(self) -> Path:
        """How far imports of history have come."""
        return self.data / "imports"

    @property
    def metrics_folder(self) -> Path:
        """Counters of the running processes; emptied at every start."""
        return self.data / "metrics"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, environment, file: in that order of precedence."""
        file = Path(os.environ.get(f"{ENV_PREFIX}CONFIG", CONFIG_FILE))
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file)


def load(given: Mapping[str, Any]) -> Settings:
    """Settings from the command line's `given` values (None means not given), the environment and the file.

    Raises SettingsError: one line per mistake, with the setting's name and what it may be.
    """
    _refuse_unknown_variables()
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']} (see docs/settings.md)"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsError("\n".join(lines)) from None
    except ValueError as error:  # a klantreis.toml that is not TOML
        raise SettingsError(f"{CONFIG_FILE}: {error}") from None


def as_environment(settings: Settings) -> dict[str, str]:
    """The settings as KLANTREIS_… variables: how a supervisor hands them to its child processes."""
    variables = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if value is None:
            continue
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        elif isinstance(value, tuple):
            value = ",".join(value)
        variables[f"{ENV_PREFIX}{name.upper()}"] = str(value)
    return variables


def _refuse_unknown_variables() -> None:
    """A misspelt variable would otherwise be ignored in silence."""
    known = {f"{ENV_PREFIX}{name.upper()}" for name in Settings.model_fields} | {
        f"{ENV_PREFIX}CONFIG",
        *OF_THE_STORE_SDK,
    }
    unknown = sorted(name for name in os.environ if name.startswith(ENV_PREFIX) and name not in known)
    if unknown:
        raise SettingsError("\n".join(f"{name}: no such setting (see docs/settings.md)" for name in unknown))


def as_markdown() -> str:
    """The table of docs/settings.md."""
    rows = ["| setting | variable | default | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = "" if default is None or default == () else default
        shown = shown.get_secret_value() if isinstance(shown, SecretStr) else shown
        shown = ",".join(shown) if isinstance(shown, tuple) else shown
        cell = f"`{shown}`" if str(shown) else "unset"
        rows.append(f"| `{name}` | `{ENV_PREFIX}{name.upper()}` | {cell} | {field.description} |")
    return "\n".join(rows) + "\n"
