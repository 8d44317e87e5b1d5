"""What an address asks for."""

from __future__ import annotations

from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from targetwatch.board.asked import Asked, holds, path_of, plain
from targetwatch.model import Language, Status


def _asked(query: str) -> Asked:
    return Asked.of(QueryParams(query))


def test_what_is_not_understood_asks_for_nothing() -> None:
    """A wrong parameter is no error page: a link that somebody kept goes on working."""
    assert _asked("lang=fr&status=lost&status=&incident=yes&x=1") == Asked()
    assert _asked("") == Asked(Language.VI)


def test_parameters_are_read() -> None:
    """Several statuses, and everything else once; spaces around and between words do not count."""
    assert _asked("lang=en&status=behind&status=missed&owner=o&incident=1&q=+ba++d%C3%ACnh+&open=t") == Asked(
        Language.EN, frozenset({Status.BEHIND, Status.MISSED}), "o", with_incident=True, search="ba dình", open="t"
    )


@given(
    st.builds(
        Asked,
        st.sampled_from(Language),
        st.frozensets(st.sampled_from(Status)),
        st.text(max_size=20).map(str.strip),
        st.booleans(),
        st.text(max_size=20).map(lambda text: " ".join(text.split())),
        st.text(max_size=20).map(str.strip),
    )
)
def test_an_address_says_all_of_it(asked: Asked) -> None:
    """Whatever is asked for, a link with its parameters asks for the same."""
    assert _asked(asked.query.removeprefix("?")) == asked


def test_links_change_one_thing() -> None:
    """A tile turns its status on and off, a target opens and closes, and clearing keeps the language."""
    asked = _asked("lang=en&status=met&q=x")
    assert asked.toggled(Status.MET).statuses == frozenset()
    assert asked.toggled(Status.BEHIND).statuses == {Status.MET, Status.BEHIND}
    assert asked.opened("t").open == "t"
    assert asked.opened("t").opened("t").open == ""
    assert asked.unfiltered() == Asked(Language.EN)
    assert parse_qs(asked.in_(Language.VI).query.removeprefix("?")) == {"status": ["met"], "q": ["x"]}


def test_finding_does_not_mind_marks() -> None:
    """A person who types without marks finds what has them, and the other way round."""
    assert plain("Hồ sơ – BA ĐÌNH") == "ho so – ba dinh"
    assert holds(["Quận Ba Đình"], "ba dinh")
    assert holds(["Quan Ba Dinh"], "Ba Đình")
    assert not holds(["Quận Tây Hồ"], "ba dinh")


def test_a_path_holds_any_id() -> None:
    """An id may have a slash or a quotation mark in it."""
    assert path_of("claims", "a/b 'c'") == "/claims/a%2Fb%20%27c%27"
