from support.people import embedding, gallery

from faceidd.gallery.revision import with_only


def test_only_those_who_are_named_stay_with_their_templates() -> None:
    whole = gallery(
        {"Kim": [embedding(1, 0, 0)], "Lee": [embedding(0, 1, 0)], "Min": [embedding(0, 0, 1)] * 2}
    )
    some = with_only(whole, {"min", "kim", "nobody"})
    assert [one.name for one in some.people] == ["Kim", "Min"]
    assert some.owners.tolist() == [0, 1, 1]
    assert some.vectors.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 1]]
    assert with_only(whole, set()).people == ()
