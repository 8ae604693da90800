"""The roles: whether they answer on their ports, what waits, what was lost, what they were told."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from collector import supervised
from collector.doctor.finding import Finding
from collector.errors import Reason, RuleErrors
from collector.phases.rulefile import load as load_rules
from collector.receive.access import Keys
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.shipped import web_scripts
from collector.spool import losses
from collector.spool.waiting import backlog

SLOW_S = 60.0
ANSWER_WITHIN_S = 3.0
MIB = 2**20
LOSSES_SHOWN = 5
_RULES = re.compile(rb'klantreis_rules_info\{rule_set="([0-9a-f]+)"\} 1')
REMEDIES = {
    Reason.SPOOL_FULL.word: "the loader does not keep up or ClickHouse is away: see spool and ClickHouse below",
    Reason.SPOOL_FAILING.word: "see the spool folder and the disk above, and the receivers' log",
    Reason.STOPPING.word: "it is being stopped; ask again when it was started",
}


def ports(settings: Settings) -> Iterator[Finding]:
    """Whether the receivers and the console answer, and whether it is they who do."""
    public, console = (
        f"http://{settings.host}:{settings.port}",
        f"http://{settings.console_host}:{settings.console_port}",
    )
    status, answer, why = _get(f"{public}/readyz")
    body = _object(answer)
    if status == 200 and body.get("ready") is True:
        yield Finding("receivers", f"{public} says ready")
    elif status == 503 and "reason" in body:
        reason = str(body["reason"])
        yield Finding("receivers", f"{public}/readyz answers 503 {reason}", REMEDIES.get(reason, ""), broken=True)
    else:
        yield _not_ours("receivers", public, status, why, "--port")
    status, answer, why = _get(f"{console}/healthz")
    if status == 200 and _object(answer).get("alive") is True:
        yield Finding("console", f"{console} answers")
    else:
        yield _not_ours("console", console, status, why, "--console-port")


def _console(settings: Settings) -> str:
    return f"http://{settings.console_host}:{settings.console_port}"


def _not_ours(what: str, url: str, status: int, why: str, option: str) -> Finding:
    if status:
        found = f"{url} answers {status}, but not as Klantreis does"
        return Finding(what, found, f"another program has the port: stop it, or give {option}", broken=True)
    return Finding(
        what, f"nothing answers at {url} ({why})", f"start it: klantreis serve, or give {option}", broken=True
    )


def _get(url: str) -> tuple[int, bytes, str]:
    """Status, body and, with status 0, why there is none."""
    place = urlsplit(url)
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(place.hostname or "", place.hostname or "")  # noqa: S104  # asked
    connection = http.client.HTTPConnection(host, place.port, timeout=ANSWER_WITHIN_S)
    try:
        connection.request("GET", place.path)
        answer = connection.getresponse()
        return answer.status, answer.read(MIB), ""
    except (OSError, http.client.HTTPException) as error:
        return 0, b"", str(error) or type(error).__name__
    finally:
        connection.close()


def _object(body: bytes) -> dict[str, object]:
    """The JSON object that a body is; an empty one when it is none."""
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def restarts(settings: Settings) -> Iterator[Finding]:
    """Whether processes end again and again."""
    for one in supervised.read(settings.metrics_folder):
        often = {role: count for role, count in one.restarts.items() if count}
        if often:
            found = ", ".join(f"{role} {count} times" for role, count in often.items())
            yield Finding("restarts", f"{found} since the start", "the log says why: look for “ended with”")


def scripts(settings: Settings) -> Iterator[Finding]:
    """Whether sites get the SDK."""
    script = web_scripts() / "k.js"
    if script.is_file():
        yield Finding("web SDK", f"k.js is built, {script.stat().st_size:,} bytes")
    else:
        yield Finding("web SDK", "k.js is not built, so sites get 404", "make setup")


def keys(settings: Settings) -> Iterator[Finding]:
    """Whether anybody may send. Raises SettingsError for a file that cannot be read as keys."""
    active = [key for key in Keys(settings).list() if key.revoked is None]
    if active:
        yield Finding("keys", f"{len(active)} active")
    else:
        yield Finding("keys", "none is active, so nothing can be sent", "klantreis keys add --site SITE --kind public")
    if settings.keys_file.exists() and settings.keys_file.stat().st_mode & 0o077:
        yield Finding("keys", f"{settings.keys_file} can be read by others", f"chmod 600 {settings.keys_file}")


def rules(settings: Settings) -> Iterator[Finding]:
    """Whether the rules could be loaded now."""
    folder = settings.rules or shipped_rules()
    try:
        rule_set = load_rules(folder)
    except RuleErrors as error:
        found = f"{folder} has {len(error.errors)} mistakes; first: {error.errors[0]}"
        loaded = _rules_of_loader(settings)
        meanwhile = f"the loader keeps {loaded}" if loaded else "touchpoints wait"
        yield Finding("rules", found, f"mend them: klantreis rules check. Until then {meanwhile}", broken=True)
    else:
        found, loaded = f"{folder} is valid, version {rule_set.hash}", _rules_of_loader(settings)
        if loaded and loaded != rule_set.hash:
            remedy = (
                "a running loader takes up its folder within seconds: if this stays, its log says why, or it has "
                "another folder (--rules)"
            )
            yield Finding("rules", f"{found}; the loader uses {loaded}", remedy)
        else:
            yield Finding("rules", found)


def _rules_of_loader(settings: Settings) -> str:
    """The version of the rules that a running loader uses, by the metrics; empty when none tells."""
    match = _RULES.search(_get(f"{_console(settings)}/metrics")[1])
    return match[1].decode() if match else ""


def spool(settings: Settings) -> Iterator[Finding]:
    """What waits and how long."""
    waiting = backlog(settings.spool_folder)
    found = f"{waiting.rows:,} touchpoints wait ({waiting.bytes:,} bytes)"
    if waiting.oldest_s is not None:
        found += f", the oldest for {waiting.oldest_s:,.0f} s"
    late = waiting.oldest_s is not None and waiting.oldest_s > SLOW_S
    remedy = "does the loader run, and does ClickHouse answer? If both do, it is slower than what comes in"
    yield Finding("spool", found, remedy if late else "", broken=late)
    used = 100 * waiting.disk_bytes / (settings.spool_limit_mib * 2**20)
    if used >= 80:
        found = f"it takes {used:.0f} % of spool_limit_mib; at 100 % senders are answered 503"
        yield Finding("spool", found, "let the loader catch up, or raise spool_limit_mib where the disk has room")


def loss(settings: Settings) -> Iterator[Finding]:
    """What was lost and nobody has acknowledged."""
    known = losses.read(settings.spool_folder)
    remedy = "look after the disk; when it is seen to: klantreis doctor --acknowledge-losses"
    for entry in known.lost[:LOSSES_SHOWN]:
        yield Finding("loss", entry.told(), remedy, broken=True)
    if len(known.lost) > LOSSES_SHOWN:
        more = len(known.lost) - LOSSES_SHOWN
        yield Finding("loss", f"{more} more, in {settings.spool_folder / losses.LOSSES_FILE}", remedy, broken=True)
    if not known.lost:
        torn = sum(entry.loss.torn_bytes for entry in known.open)
        found = "nothing that was accepted"
        yield Finding("loss", f"{found}; {torn:,} bytes were torn, for which nobody got an answer" if torn else found)
