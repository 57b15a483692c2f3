"""Config -> what tells a web server; imported only where one is told."""

import logging

from faceidd.daemon.config_events import WebhookConfig
from faceidd.daemon.password import read_secret
from faceidd.errors import ConfigError
from faceidd.events.outbox import Outbox
from faceidd.events.webhook import WebhookSettings, WebhookSink, parse_secret

_log = logging.getLogger(__name__)


def build_webhook(webhook: WebhookConfig, outbox: Outbox) -> WebhookSink:
    """Put together what tells the web server that a configuration names.

    Raises:
        ConfigError: It names none; or as `webhook_settings`.
    """
    settings = webhook_settings(webhook)
    if settings is None:
        raise ConfigError("webhook.url is not set", do="set it")
    return WebhookSink(settings, outbox.reader("webhook"))


def webhook_settings(webhook: WebhookConfig) -> WebhookSettings | None:
    """How to tell the web server; None if none is configured.

    Raises:
        ConfigError: The secret cannot be read, or is none.
    """
    if webhook.url is None:
        return None
    if webhook.secret_file is None:
        raise ConfigError(
            "webhook.secret_file is not set",
            do="set it; requests without a signature prove nothing",
        )
    if webhook.url.startswith("http://"):
        _log.warning("webhook.url is http://: who came to the door is told in the clear")
    text = read_secret(webhook.secret_file, "webhook.secret_file", "secret")
    return WebhookSettings(webhook.url, parse_secret(text), webhook.ca, webhook.timeout_s)
