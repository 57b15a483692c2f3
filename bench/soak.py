"""A day again and again at many times real time: does anything grow, is the door ever wrong?

`python -m bench.soak FOLDER --hours 2 --haste 10` runs the real daemon before a scripted camera,
with a real broker, and samples both of its processes from outside. Everything timed in the daemon
runs so many times as fast; what a look costs is real. `bench.soak_report FOLDER` says what became
of it.
"""

import argparse
import csv
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from ruamel.yaml import YAML

from bench.dataset import require_faces
from bench.setup import model, options
from bench.soak_day import draw_day, enroll
from faceidd.cli.main import main as faceidd
from faceidd.gallery.file import save_gallery
from faceidd.simulate.capture import REEL

EVERY_S = 10.0
COLUMNS = (
    "real", "rss", "pss", "private", "descriptors", "threads", "cpu_s",
    "capture_pid", "capture_rss", "capture_pss", "capture_private", "capture_descriptors",
    "capture_threads", "capture_cpu_s", "children", "metrics_bytes",
)  # fmt: skip


def main() -> int:
    """Prepare, run, sample; return 1 if the door ended by itself."""
    arguments = _arguments()
    require_faces()
    folder: Path = arguments.folder.resolve()
    broker_port, metrics_port = _free_port(), _free_port()
    _prepare(arguments, folder, broker_port, metrics_port)
    conf = str(folder / "mosquitto.conf")
    broker = subprocess.Popen(["mosquitto", "-c", conf])  # noqa: S603, S607 - the system's own
    door = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "bench.soak_door", str(folder), str(arguments.haste)]
    )
    try:
        until = time.monotonic() + 3600 * arguments.hours
        return _sample(door, folder / "samples.csv", until, metrics_port)
    finally:
        door.send_signal(signal.SIGTERM)
        door.wait(60)
        broker.terminate()
        broker.wait(10)


def _arguments() -> argparse.Namespace:
    parser = options(__doc__ or "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--haste", type=float, default=10.0)
    return parser.parse_args()


def _prepare(
    arguments: argparse.Namespace, folder: Path, broker_port: int, metrics_port: int
) -> None:
    folder.mkdir(parents=True)
    built = model(arguments)
    reel = draw_day(built, folder / "clips")
    reel.save(folder / REEL)
    gallery = enroll(built, folder / "photos")
    save_gallery(gallery, folder / "gallery.safetensors")
    people = [person.id for person in gallery.people]
    faceidd(["audit", "keygen", "--out", str(folder / "audit.pem")])
    (folder / "mosquitto.conf").write_text(
        f"listener {broker_port} 127.0.0.1\nallow_anonymous true\nlog_type error\n"
    )
    (folder / "policy.yaml").write_text(
        "timezone: UTC\nschedules:\n  always:\n"
        "    - {days: mon-sun, begins: '00:00', ends: '24:00'}\n"
        f"groups:\n  all: [{', '.join(people)}]\n"
        "doors:\n  front:\n    allow:\n      - {who: [all], when: always}\n"
    )
    config = {
        "door": {"id": "front", "pin_factory": "simulated"},
        "models": {"dir": str(arguments.models.resolve()), "threads": 1},
        "gallery": {"file": "gallery.safetensors"},
        "policy": {"file": "policy.yaml", "state_dir": "state"},
        "sync": {"state_dir": "sync", "trust": "trust.json", "key_file": "transport.key"},
        "mqtt": {"host": "127.0.0.1", "port": broker_port, "home_assistant": {}},
        "audit": {"dir": "audit", "key_file": "audit.pem"},
        "snapshots": {"dir": "snapshots", "publish": True},
        "metrics": {"listen": f"127.0.0.1:{metrics_port}"},
    }
    with (folder / "faceidd.yaml").open("w") as file:
        YAML().dump(config, file)
    print(f"a day of {reel.length:.0f} s, {len(reel.shots)} shots", flush=True)


def _sample(door: "subprocess.Popen[bytes]", path: Path, until: float, metrics_port: int) -> int:
    with path.open("w", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        while time.monotonic() < until:
            time.sleep(EVERY_S)
            if door.poll() is not None:
                print(f"the door ended with {door.returncode}", flush=True)
                return 1
            rows.writerow(_row(door.pid, metrics_port))
            file.flush()
    return 0


def _row(pid: int, metrics_port: int) -> dict[str, float]:
    children = [int(one) for one in _children(pid)]
    row: dict[str, float] = {"real": time.time(), "children": len(children), **_of(pid, "")}
    if children:
        row |= {"capture_pid": children[0], **_of(children[0], "capture_")}
    try:
        with urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=5) as page:
            row["metrics_bytes"] = len(page.read())
    except OSError:
        row["metrics_bytes"] = -1
    return row


def _of(pid: int, prefix: str) -> dict[str, float]:
    process = Path(f"/proc/{pid}")
    try:
        sizes = dict(
            line.split()[:2] for line in (process / "smaps_rollup").read_text().splitlines()[1:]
        )
        stat = (process / "stat").read_text().rsplit(")", 1)[1].split()
        found = {
            "rss": int(sizes["Rss:"]),
            "pss": int(sizes["Pss:"]),
            "private": int(sizes["Private_Dirty:"]) + int(sizes["Private_Clean:"]),
            "descriptors": len(list((process / "fd").iterdir())),
            "threads": int(stat[17]),
            "cpu_s": (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK"),
        }
    except (OSError, KeyError):
        return {}
    return {f"{prefix}{name}": value for name, value in found.items()}


def _children(pid: int) -> list[str]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += (task / "children").read_text().split()
        except OSError:
            continue
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
