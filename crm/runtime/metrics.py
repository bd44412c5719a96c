"""What Prometheus collects: counters of every process of this machine, and states asked when read.

Counters are files of METRICS_DIR, one set for each process, which whoever answers adds up; without
a folder each process knows of itself alone. States, such as how old the oldest unsent mail is, are
declared by apps (`App.measures`) and read from the database when somebody collects.
"""

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)


def _prepare(folder: str) -> None:
    """Before the library is imported: that is when it decides where counters are."""
    if not folder:
        return
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        logger.warning("Counters of this process stay in it: %s", error)
        return
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


_prepare(settings.METRICS_DIR)

from prometheus_client import REGISTRY as OWN  # noqa: E402
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import GaugeMetricFamily, Metric  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402
from prometheus_client.registry import Collector  # noqa: E402

BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds

REQUESTS = Counter("crm_requests", "Requests answered.", ["route", "status"])
REQUEST_SECONDS = Histogram(
    "crm_request_seconds", "Time until an answer began.", ["route"], buckets=BUCKETS
)
RETRIES = Counter(
    "crm_retries", "Operations repeated after a deadlock or a serialization failure.", ["reason"]
)


@dataclass(frozen=True)
class Measure:
    """A state to collect: `read` gives its value for each value of `label`."""

    name: str
    help: str
    label: str
    read: Callable[[], Mapping[str, float]]


# Name, help and label of a measure that every app whose mail waits gives values of.
OLDEST_UNSENT_MAIL = (
    "crm_oldest_unsent_mail_seconds",
    "Age of the oldest mail that waits to leave.",
    "kind",
)

_measures: list[Measure] = []


def add_measure(measure: Measure) -> None:
    _measures.append(measure)


class StateCollector(Collector):
    """All measures; those of one name by several apps are one metric."""

    def collect(self) -> Iterable[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for measure in _measures:
            family = families.setdefault(
                measure.name,
                GaugeMetricFamily(measure.name, measure.help, labels=[measure.label]),
            )
            for label, value in measure.read().items():
                family.add_metric([label], value)
        return families.values()


def age(moment: datetime | None, *, now: datetime) -> float:
    """Seconds; 0 where there is nothing."""
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


def collected() -> bytes:
    """Everything in Prometheus' text format."""
    states = CollectorRegistry(auto_describe=False)
    states.register(StateCollector())
    return generate_latest(_counters()) + generate_latest(states)


def _counters() -> CollectorRegistry:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return OWN
    registry = CollectorRegistry(auto_describe=False)
    MultiProcessCollector(registry, path=folder)
    return registry


def forget_ended_processes() -> None:
    """Removes the counters of processes that are gone; what is counted begins anew for them."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    for path in Path(folder).glob("*_*.db") if folder else ():
        pid = path.stem.rpartition("_")[2]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            path.unlink(missing_ok=True)
