"""What people are shown before they sign."""

from support.publisher import Door, Publisher, crowd

from faceidd.publish.description import describe
from faceidd.publish.edition import Edition
from faceidd.publish.repository import Repository


def test_a_root_shows_who_may_sign_and_targets_what_is_served(
    publisher: Publisher, door: Door
) -> None:
    publisher.publish(Edition(crowd("Ada"), (door.record,)))
    published = Repository(publisher.folder).published()
    assert published is not None
    head, root, targets, *_ = describe(published.root)
    assert head.startswith("root 1, holds until 20")
    ids = [publisher.key(f"root-{one}").id[:12] for one in (1, 2, 3)]
    assert root == f"  root: 2 of root-1 ({ids[0]}), root-2 ({ids[1]}), root-3 ({ids[2]})"
    assert targets.startswith("  targets: 1 of targets-1 (")
    lines = describe(published.targets)
    assert lines[0].startswith("targets 2, ")
    assert [line.split(",")[0] for line in lines[1:4]] == [
        "  doors: 1 files",
        "  editions: 1 files",
        "  galleries: 1 files",
    ]
    assert lines[-1] == f"signed by {publisher.key('targets-1').id[:12]}"
