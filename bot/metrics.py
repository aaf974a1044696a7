"""What the service counts, for Prometheus."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Every counter and gauge; labels never hold a person's name, id or words."""

    messages: Counter
    outbox_sent: Counter
    outbox_pending: Gauge
    tickets_opened: Counter
    account_connected: Gauge
    account_paused: Gauge
    intake_seconds: Histogram
    intake_queue: Gauge


def create_metrics(registry: CollectorRegistry) -> Metrics:
    """Register everything on a registry of one's own."""
    return Metrics(
        messages=Counter("weiwang_messages", "Messages handled.", ["verdict"], registry=registry),
        outbox_sent=Counter(
            "weiwang_outbox_sent", "Attempts to send.", ["kind", "result"], registry=registry
        ),
        outbox_pending=Gauge("weiwang_outbox_pending", "Outbox rows that wait.", registry=registry),
        tickets_opened=Counter("weiwang_tickets_opened", "Tickets opened.", ["category"], registry=registry),
        account_connected=Gauge(
            "weiwang_account_connected",
            "1 when the account hears and speaks.",
            ["account"],
            registry=registry,
        ),
        account_paused=Gauge(
            "weiwang_account_paused",
            "1 when the account says no notices because WeChat refused it.",
            ["account"],
            registry=registry,
        ),
        intake_seconds=Histogram(
            "weiwang_intake_seconds",
            "Seconds from hearing a message to its commit.",
            buckets=_SECONDS,
            registry=registry,
        ),
        intake_queue=Gauge("weiwang_intake_queue", "Events heard and not yet handled.", registry=registry),
    )
