"""Rules that every file of the repository keeps."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_LINES = 300
MOST_FUNCTION_LINES = 50
BINARY = {".jpg", ".jpeg", ".png", ".mp4", ".tflite", ".onnx", ".pb", ".h5"}

# Written in two halves: this file keeps the rule too.
_REGISTRY = re.compile("index" + r"[-_]url|https?://[^/\s]+/(?:simple|packages)/", re.IGNORECASE)
_EXCEPTION = re.compile(r"# (?:noqa|type: ignore)")
# The reason stands beside it: not "as above".
_REASON = r"(?!(?:see|as) (?:above|said|below))\w"
_REASONED = re.compile(rf"# noqa: [A-Z0-9, ]+ - {_REASON}|# type: ignore\[[a-z, -]+\]  # {_REASON}")


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Files that are in the repository, or would be with the next commit."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    files = [Path(name) for name in listing.split("\0") if name]
    return [file for file in files if (ROOT / file).is_file()]


@pytest.fixture(scope="module")
def python(tracked: list[Path]) -> dict[Path, str]:
    """Our Python files and their text."""
    rooms = ("faceidd", "tests", "bench")
    files = [file for file in tracked if file.suffix == ".py" and file.parts[0] in rooms]
    assert files
    return {file: (ROOT / file).read_text() for file in files}


def test_no_file_is_too_long_to_be_read(python: dict[Path, str]) -> None:
    lengths = {file: text.count("\n") for file, text in python.items()}
    long = [f"{file}: {count} lines" for file, count in lengths.items() if count > MOST_LINES]
    assert not long, f"files of more than {MOST_LINES} lines: {long}"


def test_no_function_is_too_long_to_be_read(python: dict[Path, str]) -> None:
    long = [
        f"{file}:{function.lineno} {function.name}: {length} lines"
        for file, text in python.items()
        for function, length in _functions(text)
        if length > MOST_FUNCTION_LINES
    ]
    assert not long, f"functions of more than {MOST_FUNCTION_LINES} lines: {long}"


def test_every_exception_from_a_rule_gives_its_reason(python: dict[Path, str]) -> None:
    bare = [
        f"{file}:{line}: {comment}"
        for file, text in python.items()
        for line, comment in _exceptions(text)
        if not _REASONED.search(comment)
    ]
    assert not bare, f"write '# noqa: CODE - reason' or '# type: ignore[code]  # reason': {bare}"


def test_no_model_and_no_picture_is_in_the_repository(tracked: list[Path]) -> None:
    binary = [str(file) for file in tracked if file.suffix.lower() in BINARY]
    assert not binary, f"models are built and pictures are fetched, never committed: {binary}"


def test_no_package_registry_is_named(tracked: list[Path]) -> None:
    named = [
        f"{file}:{number}: {line.strip()}"
        for file in tracked
        for number, line in enumerate((ROOT / file).read_text(errors="replace").split("\n"), 1)
        if _REGISTRY.search(line)
    ]
    assert not named, f"where packages come from is each machine's own setting: {named}"


def test_every_requirement_is_pinned_by_a_hash(tracked: list[Path]) -> None:
    locked = {Path("requirements"), Path("faceidd/models")}
    files = [file for file in tracked if file.parent in locked and file.suffix == ".txt"]
    assert {file.parent for file in files} == locked
    loose = [
        f"{file}: {requirement}"
        for file in files
        for requirement in _requirements((ROOT / file).read_text())
        if not re.match(r"[\w.\[\],-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", requirement)
    ]
    assert not loose, f"requirements without version and hash: {loose}"


def test_every_make_target_stands_once_and_is_shown(tracked: list[Path]) -> None:
    text = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z0-9-]+):", text, re.MULTILINE)
    assert sorted(targets) == sorted(set(targets))
    assert set(targets) == set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())
    help_ = ["make", "--no-print-directory", "help"]
    told = subprocess.run(help_, cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert {line.split()[0] for line in told.stdout.splitlines()} == set(targets)
    pages = "\n".join((ROOT / file).read_text() for file in tracked if file.suffix == ".md")
    named = re.findall(r"(?:`|^    )make ([a-z][a-z0-9-]*)", pages, re.MULTILINE)
    run = re.findall(r"^make ([a-z0-9-]+)", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    assert {*named, *run} <= set(targets)


def _functions(text: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def _exceptions(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and _EXCEPTION.search(token.string):
            yield token.start[0], token.string


def _requirements(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        requirement = line.partition(" #")[0].strip()
        if requirement and not requirement.startswith("#"):
            yield requirement
