"""`faceidd audit`: verify, show and export what a door wrote down."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faceidd.cli.config import DEFAULT_CONFIG

if TYPE_CHECKING:
    from faceidd.audit.source import Source
    from faceidd.audit.verification import Report
    from faceidd.audit.witness import Witness

KINDS = (
    "start", "stop", "configuration", "policy", "gallery", "grant", "deny", "command", "door",
    "duress", "gap", "torn", "dropped",
)  # fmt: skip


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `audit` to the command line."""
    audit = subparsers.add_parser("audit", help="verify, show and export the audit log")
    commands = audit.add_subparsers(required=True, metavar="COMMAND")

    verify = commands.add_parser("verify", help="find every change to the log, and say where")
    verify.add_argument(
        "--key",
        action="append",
        metavar="PUBLIC",
        help="the door's public key (default: of the configuration's key); may be given again",
    )
    verify.add_argument(
        "--witness", metavar="SEQ:HASH", help="what `audit head` said once, kept elsewhere"
    )
    verify.set_defaults(func=_verify)

    show = commands.add_parser("show", help="print records; verifies nothing")
    show.add_argument("--since", type=_moment, metavar="T", help="2026-11-25, or 2026-11-25T18:00")
    show.add_argument("--until", type=_moment, metavar="T", help="likewise; not included")
    show.add_argument("--person", metavar="ID", help="only of this person")
    show.add_argument("--door", metavar="ID", help="only of this door")
    show.add_argument("--kind", action="append", choices=KINDS, help="may be given again")
    show.add_argument("--json", action="store_true", help="as JSON lines")
    show.set_defaults(func=_show)

    export = commands.add_parser("export", help="write some days as one ZIP that can be verified")
    export.add_argument("--to", type=Path, required=True, metavar="FILE", help="the ZIP to write")
    export.add_argument("--since", type=date.fromisoformat, metavar="DAY", help="first day, in UTC")
    export.add_argument("--until", type=date.fromisoformat, metavar="DAY", help="last day, in UTC")
    export.set_defaults(func=_export)

    head = commands.add_parser("head", help="print the newest record's number and digest")
    head.set_defaults(func=_head)

    _add_log_options(verify, show, export, head)

    keygen = commands.add_parser("keygen", help="make the key that signs a door's log")
    keygen.add_argument("--out", type=Path, required=True, metavar="FILE", help="the private key")
    keygen.set_defaults(func=_keygen)


def _add_log_options(*commands: argparse.ArgumentParser) -> None:
    for command in commands:
        command.add_argument(
            "log",
            nargs="?",
            type=Path,
            metavar="LOG",
            help="folder of a log, or an export (default: the configuration's audit.dir)",
        )
        command.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            default=DEFAULT_CONFIG,
            help="the door's configuration (default: %(default)s)",
        )


def _verify(args: argparse.Namespace) -> int:
    from faceidd.audit.verification import verify
    from faceidd.errors import AuditError

    witness = _witness(args.witness)
    source = _source(args)
    report = verify(source, args.key or [_public_key(args)], witness)
    for finding in report.findings:
        print(finding)
    for note in report.notes:
        print(f"note: {note}")
    if report.findings:
        raise AuditError(
            f"the audit log {source.label} is not as the door wrote it:"
            f" {len(report.findings)} findings",
            do="keep it as it is, and compare it with an export or a copy from elsewhere",
        )
    print(_praise(source, report))
    if witness is not None:
        print("it holds what the witness saw")
    return 0


def _praise(source: "Source", report: "Report") -> str:
    behind = max(0, report.last.seq - report.signed.seq)
    unsigned = f"; {behind} behind it are not signed yet" if behind else ""
    return (
        f"{source.label}: {report.records} records in {report.files} files are as they were"
        f" written, {report.first} to {report.last.seq}; signed to record"
        f" {report.signed.seq}{unsigned}"
    )


def _show(args: argparse.Namespace) -> int:
    import json

    from faceidd.audit.query import Query, records

    query = Query(args.since, args.until, args.person, args.door, frozenset(args.kind or ()))
    for fields in records(_source(args), query):
        print(json.dumps(fields) if args.json else _line(fields))
    return 0


def _export(args: argparse.Namespace) -> int:
    from faceidd.audit.export import export

    source, key = _source(args), _public_key(args)
    done = export(source, args.to, key=key, since=args.since, until=args.until)
    print(f"written: {args.to}, {done.files} files of {done.first} to {done.last}")
    print(f"to be verified with --key {key}")
    return 0


def _head(args: argparse.Namespace) -> int:
    from faceidd.audit.witness import newest

    print(newest(_source(args)))
    return 0


def _keygen(args: argparse.Namespace) -> int:
    from faceidd.events.command import PrivateKey
    from faceidd.events.command_key import save_key

    key = PrivateKey.generate("audit")
    save_key(key, args.out)
    print(f"written: {args.out}; name it in audit.key_file")
    print("Keep this away from the door, to verify with --key:\n")
    print(key.public_key)
    return 0


def _source(args: argparse.Namespace) -> "Source":
    from faceidd.audit.source import is_log, open_source
    from faceidd.daemon.config_file import load_config
    from faceidd.errors import AuditError

    path = args.log or load_config(args.config).audit.dir
    if path is None:
        raise AuditError(f"{args.config} keeps no audit log", do="set audit.dir, or name a log")
    source = open_source(path)
    if not is_log(source):
        raise AuditError(f"there is no audit log in {path}", do="name the folder of a door's log")
    return source


def _public_key(args: argparse.Namespace) -> str:
    from faceidd.daemon.auditing import audit_key
    from faceidd.daemon.config_file import load_config
    from faceidd.errors import AuditError, ConfigError

    try:
        return audit_key(load_config(args.config)).public_key
    except ConfigError as error:
        raise AuditError(
            f"the door's public key is not known here: {error.what}",
            do="give --key, or --config of the door",
        ) from error


def _witness(text: str | None) -> "Witness | None":
    from faceidd.audit.witness import Witness
    from faceidd.errors import AuditError

    if text is None:
        return None
    try:
        return Witness.parse(text)
    except ValueError as error:
        raise AuditError(f"{text!r} is no witness", do="give what `audit head` printed") from error


def _line(fields: dict[str, Any]) -> str:
    """A record as people read it."""
    head = [str(fields.pop(key, "")) for key in ("time", "seq", "door", "kind")]
    time = head[0][:19].replace("T", " ") + "Z"
    for key in ("prev", "hash", "boot"):
        fields.pop(key, None)
    rest = " ".join(f"{key}={value}" for key, value in fields.items() if value is not None)
    return f"{time} {head[1]:>7} {head[2]} {head[3]:<13} {rest}".rstrip()


def _moment(text: str) -> datetime:
    """Read a day or a moment; without a time zone it is this machine's."""
    return datetime.fromisoformat(text).astimezone(UTC)
