"""Why a broker cannot be had, in an admin's words, and what to do about it."""

import socket
import ssl

from faceidd.errors import BrokerError
from faceidd.events.mqtt import MqttSettings

_DATES = {9, 10}
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL's x509_vfy.h."""
_LOGIN = {"Not authorized", "Bad user name or password", "Banned"}


def unreachable(settings: MqttSettings, error: Exception) -> BrokerError:
    """Explain why no connection came about.

    Args:
        settings: The broker.
        error: What the operating system or its TLS said.
    """
    broker = f"the broker {settings.address}"
    match error:
        case ssl.SSLCertVerificationError():
            do = "set mqtt.tls.ca to the authority that signed it, and mqtt.host to a name in it"
            if error.verify_code in _DATES:
                do = "see that this machine's clock is right; else renew it at the broker"
            return BrokerError(
                f"{broker} shows a certificate that cannot be trusted: {error.verify_message}",
                do=do,
            )
        case ssl.SSLError():
            return BrokerError(
                f"{broker} agrees on no encryption: {error.reason or error}",
                do="check that mqtt.port is its TLS port, and its log",
            )
        case socket.gaierror():
            return BrokerError(
                f"the host {settings.host} is unknown: {error.strerror}",
                do="check mqtt.host and the name servers",
            )
        case ConnectionRefusedError():
            return BrokerError(
                f"nobody listens at {settings.address}",
                do="check mqtt.host and mqtt.port, and that the broker runs",
            )
        case TimeoutError():
            return BrokerError(
                f"{broker} does not answer",
                do="check mqtt.host and mqtt.port, the network and its firewalls",
            )
    return BrokerError(f"{broker} cannot be reached: {error}", do="check mqtt.host and the network")


def refused(settings: MqttSettings, reason: str) -> BrokerError:
    """Explain why the broker did not let us in.

    Args:
        settings: The broker.
        reason: The name of its reason code, as MQTT 5 has it.
    """
    do = "look into its log"
    if reason in _LOGIN:
        do = "check mqtt.username and its password, and that the broker knows them"
    return BrokerError(f"the broker {settings.address} refuses us: {reason}", do=do)
