"""What the metrics say after everything that can happen has happened: nothing is lost with a process."""

from __future__ import annotations

import os
import signal
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from collector import __version__, metrics
from collector.console.observed import observe
from collector.settings import Settings
from collector.spool.waiting import backlog
from tests.installation import touchpoint
from tests.operations.conftest import Eventful


def samples(text: str) -> dict[str, float]:
    """Samples by name and labels."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_the_endpoint_is_read_by_prometheus_own_parser(eventful: Eventful) -> None:
    """Every family has its type, help and labels as documented, nothing undocumented is exposed, nothing doubled."""
    with urllib.request.urlopen(eventful.installation.console_url + "/metrics", timeout=15) as answer:
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        text = answer.read().decode()
    described = {one.name: one for one in metrics.CATALOGUE}
    families = list(text_string_to_metric_families(text))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    for family in families:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        one = described.pop(name)
        assert (family.type, family.documentation) == (one.kind, one.meaning)
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(one.labels), sample
    # Of these nothing happened, and their keys are only known once it does.
    unmet = ("touchpoints_given_up", "touchpoints_stripped", "touchpoints_withheld", "rejected_not_kept")
    assert set(described) <= {f"klantreis_{name}_total" for name in unmet}
    series = [line for line in text.splitlines() if not line.startswith("#")]
    assert len({line.rpartition(" ")[0] for line in series}) == len(series)


def test_what_happened_is_counted(eventful: Eventful) -> None:
    """Losses, refused rows, kills and who sent what can be seen, though every process that saw it is gone."""
    found = samples(eventful.metrics())
    assert found["klantreis_spool_lost_records_total{}"] == 1
    assert found["klantreis_spool_lost_bytes_total{}"] > 100
    assert found["klantreis_rows_refused_total{why=clickhouse}"] == 1
    assert found["klantreis_rows_refused_total{why=unreadable}"] == 1
    for role in ("receive", "load", "clickhouse"):
        assert found[f"klantreis_process_restarts_total{{role={role}}}"] >= 1
        assert found[f"klantreis_processes{{role={role}}}"] == 1
        assert found[f"klantreis_process_resident_memory_bytes{{role={role}}}"] > 2**20
    assert found["klantreis_process_restarts_total{role=console}"] == 0
    assert found["klantreis_touchpoints_accepted_total{key=till}"] == 3
    assert found["klantreis_touchpoint_bytes_total{key=till}"] > 500
    assert found["klantreis_touchpoints_rejected_total{key=demo,reason=time_impossible}"] == 1
    for answer in ("key_unknown", "not_json", "origin_not_allowed"):
        assert found[f"klantreis_requests_total{{answer={answer}}}"] >= 1
    assert found["klantreis_requests_total{answer=internal}"] == 0
    assert found["klantreis_receivers_ready{}"] == found["klantreis_receivers{}"] == 1
    assert found["klantreis_clickhouse_up{role=load}"] == 1
    assert found["klantreis_last_load_timestamp_seconds{}"] > 1.7e9
    assert found["klantreis_load_rows_sum{}"] >= 8
    assert found[f"klantreis_build_info{{version={__version__}}}"] == 1
    assert len([name for name in found if name.startswith("klantreis_rules_info")]) == 1
    for name in ("compose", "insert", "load"):
        assert found[f"klantreis_{name}_seconds_count{{}}"] >= 1
    assert found["klantreis_backlog_rows{}"] == found["klantreis_backlog_seconds{}"] == 0


def test_a_process_that_takes_anothers_place_counts_on(eventful: Eventful) -> None:
    """Kills leave no files behind: a role that ends every few seconds would else fill the folder of the metrics."""
    installation = eventful.installation
    names = sorted(file.name for file in installation.settings.metrics_folder.iterdir())
    before = samples(eventful.metrics())
    installation.kill("receive")
    installation.wait_ready()
    assert installation.send([touchpoint()])[0] == 202

    def counted() -> bool:
        found = samples(eventful.metrics())
        accepted = "klantreis_touchpoints_accepted_total{key=demo}"
        return found[accepted] == before[accepted] + 1 and found["klantreis_receivers_ready{}"] == 1

    installation.until(counted, "both receivers are counted")
    assert sorted(file.name for file in installation.settings.metrics_folder.iterdir()) == names


def test_the_backlog_is_seen_while_nobody_loads(eventful: Eventful) -> None:
    """While the loader hangs, the touchpoints that wait are counted one by one, and their age grows."""
    installation = eventful.installation
    installation.until(lambda: backlog(installation.settings.spool_folder).bytes == 0, "nothing waits")
    [loader] = installation.pids("load")
    before = samples(eventful.metrics())
    os.kill(loader, signal.SIGSTOP)
    try:
        assert installation.send([touchpoint() for _ in range(7)])[0] == 202
        assert installation.send([touchpoint(), touchpoint(occurred_at=0)])[0] == 202
        installation.until(lambda: backlog(installation.settings.spool_folder).rows == 9, "nine wait", 30)
        found = samples(eventful.metrics())
        assert found["klantreis_backlog_rows{}"] == 9
        assert found["klantreis_backlog_bytes{}"] > 500
        assert found["klantreis_backlog_seconds{}"] > 0
        assert found["klantreis_spool_bytes{}"] > 0
        assert found["klantreis_spool_limit_bytes{}"] == 10_240 * 2**20
        assert 0 < found["klantreis_spool_disk_free_bytes{}"] < found["klantreis_spool_disk_size_bytes{}"]
    finally:
        os.kill(loader, signal.SIGCONT)
    installation.until(lambda: backlog(installation.settings.spool_folder).rows == 0, "it is loaded")
    after = samples(eventful.metrics())
    loaded = "klantreis_rows_loaded_total{table=touchpoints}"
    assert after[loaded] - before[loaded] == 8


def test_a_spool_that_cannot_be_read(tmp_path: Path) -> None:
    """What cannot be looked at is left out; the rest is told, and the console lives."""
    (tmp_path / "spool" / "progress.json").mkdir(parents=True)
    seen = {described.name for described, _, _ in observe(Settings(data=tmp_path))}
    assert "klantreis_backlog_rows" not in seen
    assert {"klantreis_spool_disk_free_bytes", "klantreis_losses_open", "klantreis_build_info"} <= seen
