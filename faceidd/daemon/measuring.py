"""Config -> a daemon's metrics, and what serves them; a fault of it is told and stops no door."""

import logging

from faceidd.audit.writer import AuditWriter
from faceidd.camera.health import PictureHealth
from faceidd.camera.latest import LatestFrame
from faceidd.daemon.claim import claim_folder
from faceidd.daemon.config import Config
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.metrics_server import UNIX, MetricsServer
from faceidd.daemon.metrics_state import MetricsState, Probes
from faceidd.daemon.outlets import Outlets
from faceidd.door.door import Door
from faceidd.errors import ConfigError
from faceidd.snapshots.photographer import Photographer

_log = logging.getLogger(__name__)


def metrics_address(config: Config) -> str | None:
    """Where a daemon of this configuration serves its metrics; None where it serves none."""
    listen = config.metrics.listen
    if listen == "unix":
        return f"{UNIX}{claim_folder() / f'{config.door.id}.metrics.sock'}"
    return listen


def build_state(
    config: Config,
    metrics: Metrics,
    *,
    door: Door,
    camera: LatestFrame,
    health: PictureHealth,
    outlets: Outlets,
    photographer: Photographer | None,
    audit: AuditWriter | None,
) -> MetricsState:
    """Put together what says how all parts are."""
    probes = Probes(
        newest_frame=lambda: metrics.newest_frame,
        camera=lambda: camera.state,
        picture=lambda: health.active,
        door=lambda: door.situation,
        broker=outlets.broker_online,
        outbox=outlets.health,
        missed=None if photographer is None else lambda: photographer.missed,
        durable=config.events.durable,
        audit=audit,
        gallery=config.gallery.file,
        sync=config.sync.state_dir,
        capture=lambda: camera.pid,
    )
    return MetricsState(probes)


def serve_metrics(config: Config, metrics: Metrics) -> MetricsServer | None:
    """Serve the metrics; None where none are to be served, or they cannot be."""
    address = metrics_address(config)
    if address is None:
        return None
    try:
        server = MetricsServer(address, metrics.text)
    except ConfigError as error:
        _log.error("%s", error)
        return None
    _log.info("metrics on %s", server.address)
    return server
