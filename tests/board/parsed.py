"""A page as a test reads it: its elements with their attributes, and the words in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "link", "img", "hr"}


@dataclass
class Element:
    """An element, the elements in it, and its own words in their order."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words in it, with one space between."""
        found = [child if isinstance(child, str) else child.text for child in self.children]
        return " ".join(" ".join(found).split())

    @property
    def classes(self) -> set[str]:
        """The names of its classes."""
        return set(self.attributes.get("class", "").split())

    def all(self, tag: str = "", name: str = "") -> list[Element]:
        """Every element below with this tag, of this class."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if (not tag or child.tag == tag) and (not name or name in child.classes):
                    found.append(child)
                found += child.all(tag, name)
        return found

    def one(self, tag: str = "", name: str = "") -> Element:
        """The first such element; it must be there."""
        return self.all(tag, name)[0]


class Parsed(Element):
    """A whole page."""

    @property
    def words(self) -> str:
        """The words of its body that are seen."""
        body = self.one("body")
        return " ".join(" ".join(_seen(body)).split())

    def row(self, target: str) -> Element:
        """The row of a target on the board."""
        return next(row for row in self.all("tr", "row") if row.attributes["id"] == f"t-{target}")

    @property
    def targets(self) -> list[str]:
        """The targets whose rows are there, in order."""
        return [row.attributes["id"].removeprefix("t-") for row in self.all("tr", "row")]


def _seen(element: Element) -> list[str]:
    found: list[str] = []
    for child in element.children:
        if isinstance(child, str):
            found.append(child)
        elif child.tag not in ("script", "style"):
            found += _seen(child)
    return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Parsed("page", {})
        self._open: list[Element] = [self.page]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def parsed(html: str) -> Parsed:
    """The page in `html`; every element must be closed by its own end tag."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader._open) == 1
    return reader.page
