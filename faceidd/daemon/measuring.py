"""Config -> what serves the metrics of a daemon; a fault of it is told and stops no door."""

import logging

from faceidd.daemon.claim import claim_folder
from faceidd.daemon.config import Config
from faceidd.daemon.metrics import Metrics
from faceidd.daemon.metrics_server import UNIX, MetricsServer
from faceidd.errors import ConfigError

_log = logging.getLogger(__name__)


def metrics_address(config: Config) -> str | None:
    """Where a daemon of this configuration serves its metrics; None where it serves none."""
    listen = config.metrics.listen
    if listen == "unix":
        return f"{UNIX}{claim_folder() / f'{config.door.id}.metrics.sock'}"
    return listen


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
