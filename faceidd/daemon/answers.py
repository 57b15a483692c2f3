"""Answers: what a pack's networks say of the drawn face, written down and asked for again."""

from pathlib import Path

from faceidd.daemon.config import ModelsConfig
from faceidd.daemon.recognition import build_embedder
from faceidd.face.drawn_face import drawn_face
from faceidd.face.known_answer import answer_of, check_answer
from faceidd.models.manifest import EmbedderManifest
from faceidd.models.pack import load_embedder, load_pack
from faceidd.models.packing import write_manifest


def write_answers(models: Path, name: str) -> None:
    """Write down what each variant of an embedder says; a detector says nothing.

    To be done where the pack was built and held against its original, and nowhere else: what is
    written here is what doors hold their own networks against.

    Raises:
        ModelError: A network does not run, or the manifest cannot be written.
    """
    if not isinstance(load_pack(models, name).manifest, EmbedderManifest):
        return
    pack = load_embedder(models, name)
    answers = {
        variant: answer_of(build_embedder(_settings(models, name, variant), pack), pack.manifest)
        for variant in pack.manifest.files
    }
    write_manifest(pack.folder, pack.manifest.model_copy(update={"answers": answers}))


def check_answers(models: Path, name: str) -> None:
    """Ask every variant that has an answer again.

    Raises:
        ModelError: One says something else, or does not run.
    """
    if not isinstance(load_pack(models, name).manifest, EmbedderManifest):
        return
    pack = load_embedder(models, name)
    for variant in pack.manifest.answers:
        embedder = build_embedder(_settings(models, name, variant), pack)
        check_answer(embedder, pack.manifest, variant, drawn_face())


def _settings(models: Path, name: str, variant: str) -> ModelsConfig:
    return ModelsConfig(dir=models, embedder=name, variant=variant)
