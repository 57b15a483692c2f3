"""The file that a door is given once."""

import json

import pytest
from support.publisher import Publisher

from faceidd.errors import PublishError
from faceidd.publish.repository import Repository
from faceidd.publish.trust import trust_file


def test_it_holds_the_newest_root_and_no_more(publisher: Publisher) -> None:
    (root,) = Repository(publisher.folder).roots()
    record = json.loads(trust_file("https://galleries.example.org/f/", None, root))
    assert record == {
        "schema": "faceidd.trust/1",
        "url": "https://galleries.example.org/f",
        "ca": None,
        "root": root.to_dict(),
    }


@pytest.mark.parametrize(
    "url",
    [
        "galleries.example.org",
        "http://galleries.example.org",
        "https://",
        "https://a@b/",
        "https://a/?b",
    ],
)
def test_an_address_that_no_door_would_take_is_refused(publisher: Publisher, url: str) -> None:
    (root,) = Repository(publisher.folder).roots()
    with pytest.raises(PublishError, match="no address of a repository"):
        trust_file(url, None, root)


def test_what_is_no_certificate_is_refused(publisher: Publisher) -> None:
    (root,) = Repository(publisher.folder).roots()
    with pytest.raises(PublishError, match="no certificate"):
        trust_file("https://galleries.example.org", "-----BEGIN NOTHING-----", root)
