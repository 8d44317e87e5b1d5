"""What a service answers is read as hostile: whatever comes, a fetch ends, says why, and leaves nothing half-done."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targetwatch.gathering import FetchError, Gated, Landed, UnreachableError, fetch, land, sort_rows, spooled
from targetwatch.gathering.connectors.json_answer import AnswerError, parse, row_of, rows_at
from targetwatch.gathering.connectors.manners import MEBIBYTE
from targetwatch.gathering.spool import as_text
from targetwatch.model import Column, ColumnType, HttpFetch, Paging, Text
from tests.gathering.sources import GATES, KEY, PROGRAMME
from tests.gathering.test_http_connector import CURSORS, ROWS, SOURCE, WAYS, Waits, numbers, patch, service
from tests.systems.services import faults
from tests.systems.services.connections import SECRET, connect, connected
from tests.systems.services.service import Fault, Listing, Service, serving

__all__ = ["patch"]
NOW = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)
LINKS = WAYS[Paging.LINK]
DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"<!DOCTYPE html><title>Login</title>", "text/html", "answers with a web page where JSON is wanted"),
        (b"ok", "text/plain", r"\(text/plain\) that is no JSON"),
        (b'{"items": [}', "application/json", "is no JSON"),
        (b'{"items": "\xff\xfe"}', "application/json", "neither UTF-8 nor any other Unicode text"),
        (DEEP, "application/json", "nested deeper than JSON is read here"),
        (b'{"data": []}', "application/json", r"has nothing at \$.items: it is an object of data"),
        (b"{}", "application/json", r"has nothing at \$.items: it is an empty object"),
        (b"[]", "application/json", r"has nothing at \$.items: it is a list of 0"),
        (b'{"items": [[1, 2]]}', "application/json", "has a list of 2 at .* where a row is to be an object"),
        (b'{"items": "none"}', "application/json", "has text at .* where a row is to be an object"),
        (b'{"items": [], "next": {"page": 2}}', "application/json", "neither text nor a number"),
        (b'{"items": [], "next": null, "total": "many"}', "application/json", "has no whole number at"),
        (b'{"items": [], "next": null, "total": true}', "application/json", "has no whole number at"),
    ],
    ids=range(13),
)
def test_an_answer_that_is_none(patch: pytest.MonkeyPatch, body: bytes, kind: str, words: str) -> None:
    """It ends the fetch with what is wrong and what to mend, at once and in words that do not repeat the answer."""
    with (
        connected(patch, "calls", service(faults.says(body, kind))) as asked,
        pytest.raises(FetchError, match=words) as fault,
    ):
        numbers(replace(CURSORS, total_path="$.total"))
    assert not isinstance(fault.value, UnreachableError)
    assert len(asked.asked) == 1
    assert len(str(fault.value)) < 400


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_whatever_the_bytes_are_they_are_json_or_no_answer(body: bytes) -> None:
    """Reading bytes ends in a value or in the reason why there is none, and in nothing else."""
    with suppress(AnswerError):
        parse(body)


NESTED = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(["number", "system", "seconds", "\ud800"]), NESTED))
def test_whatever_a_row_holds_it_can_be_written_down(item: dict[str, Any]) -> None:
    """Every named value becomes text that UTF-8 can hold, and of the others nothing is kept."""
    read = parse(json.dumps({"items": [item]}).encode())
    row = row_of(rows_at(read, "$.items")[0], frozenset({"number", "system.code", "seconds"}))
    for name, value in row.items():
        name.encode()
        (as_text(value) or "").encode()
        assert value is None or name in {"number", "system.code", "seconds"}


def test_an_answer_is_never_larger_in_memory_than_a_page_may_be(patch: pytest.MonkeyPatch) -> None:
    """A few hundred kilobytes that unpack to 400 MB end the fetch before they fill the memory."""
    with (
        connected(patch, "calls", service(*[faults.fine] * 5, faults.bomb(400))),
    ):
        assert len(numbers(CURSORS)) == 23  # all that is imported is not what is measured
        with tracing() as most, pytest.raises(FetchError, match="more than 20 MB at once"):
            numbers(CURSORS, manners=Waits().manners(largest_page=20 * MEBIBYTE))
    assert most[0] < 60 * MEBIBYTE


@contextmanager
def tracing() -> Iterator[list[int]]:
    """The most memory that Python held at any moment meanwhile, in bytes, as the only item of a list."""
    most: list[int] = []
    tracemalloc.start()
    try:
        yield most
    finally:
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()


def test_all_answers_together_are_bounded(patch: pytest.MonkeyPatch) -> None:
    """Pages that are each small enough do not add up to more than a fetch may bring."""
    with connected(patch, "calls", service()), pytest.raises(FetchError, match="MB in all"):
        numbers(CURSORS, manners=Waits().manners(largest_fetch=700))


@pytest.mark.parametrize("wrong", [faults.trickle(60), faults.trickle(60, in_headers=True), faults.silence(60)])
def test_a_service_that_dawdles_is_left(patch: pytest.MonkeyPatch, wrong: Fault) -> None:
    """Byte by byte, in the head or in the body, or not at all: the time of a fetch ends."""
    with (
        connected(patch, "calls", service(faults.fine, wrong)),
        pytest.raises(UnreachableError, match="not read to its end within 1 seconds"),
    ):
        numbers(CURSORS, manners=Waits().manners(time_limit=1.0))


def test_a_service_that_falls_silent_is_asked_again(patch: pytest.MonkeyPatch) -> None:
    """Within the fetch's time a silence is a failure like any other that passes."""
    with connected(patch, "calls", service(faults.silence(2))):
        assert len(numbers(CURSORS, manners=Waits().manners(answer_timeout=0.2))) == 23


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (replace(WAYS[Paging.PAGE], page_param="p", total_path=None), "repeats, as page 2, an earlier page"),
        (replace(CURSORS, cursor_param="after"), "names as the next page one that it has given already"),
        (replace(CURSORS, most_pages=3), "goes on after 3 pages"),
        (replace(WAYS[Paging.OFFSET], offset_param="skip", total_path=None), "repeats, as page 2, an earlier page"),
    ],
)
def test_pages_that_never_end_are_noticed(patch: pytest.MonkeyPatch, how: HttpFetch, words: str) -> None:
    """A parameter that the service does not know, a mark that comes again, pages without end: none goes on for ever."""
    with connected(patch, "calls", service()) as asked, pytest.raises(FetchError, match=words):
        numbers(how)
    assert len(asked.asked) <= 4


def test_rows_that_went_missing_on_the_way_are_noticed(patch: pytest.MonkeyPatch) -> None:
    """A service that speaks of more rows than it gives is asked again, and what came is not taken for all."""
    few = {"items": ROWS[:3], "total": 23, "next": None}
    with (
        connected(patch, "calls", service(faults.status(200, body=few))),
        pytest.raises(UnreachableError, match="spoke of 23 rows and gave 3"),
    ):
        numbers(replace(CURSORS, total_path="$.total"))


def test_a_redirect_within_the_service_is_followed(patch: pytest.MonkeyPatch) -> None:
    """As far as it goes in no circle."""
    with connected(patch, "calls", service(faults.redirect("/cursor?limit=5")), password=SECRET) as asked:
        assert len(numbers(CURSORS)) == 23
    assert all(SECRET in one.headers["Authorization"] for one in asked.asked)
    with (
        connected(patch, "calls", service(*[faults.redirect("/cursor")] * 20)) as asked,
        pytest.raises(FetchError, match="redirects again and again"),
    ):
        numbers(CURSORS)
    assert len(asked.asked) < 10


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_no_token_goes_to_another_service(patch: pytest.MonkeyPatch, code: int) -> None:
    """Not by a redirect, not by a link to the next page, and not to another port of the same machine."""
    with serving(service()) as other:
        elsewhere = faults.redirect(f"{other.address}/cursor", code)
        with (
            connected(patch, "calls", service(elsewhere), password=SECRET),
            pytest.raises(FetchError, match="redirects to"),
        ):
            numbers(CURSORS)
        onward = faults.status(200, {"Link": f'<{other.address}/link>; rel="next"'}, {"items": ROWS[:5]})
        with (
            connected(patch, "calls", service(onward), password=SECRET),
            pytest.raises(FetchError, match="no credentials"),
        ):
            numbers(LINKS)
    assert other.asked == []


def test_a_certificate_is_always_verified(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One that nobody vouches for ends the fetch; one of an authority whose file is named is taken."""
    certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(service(), context) as asked:
        connect(patch, "calls", asked.address, password=SECRET)
        with pytest.raises(FetchError, match="a certificate that nobody here vouches for"):
            numbers(CURSORS)
        assert asked.asked == []
        connect(patch, "calls", asked.address, password=SECRET, verify=str(certificate))
        assert len(numbers(CURSORS)) == 23


def self_signed(folder: Path) -> Path:
    """A certificate of 127.0.0.1 and its key, in one file."""
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a stand-in")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "service.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


CALLS = replace(
    SOURCE,
    gate=None,
    unit_column=None,
    tier_column=None,
    tier="city",
    period_column="changed",
    identified_by=("number",),
    fetch=CURSORS,
    watermark="changed",
    columns=(
        Column("number", "number", ColumnType.INTEGER),
        Column("changed", "changed", ColumnType.DATE),
        Column("code", "system.code", ColumnType.TEXT),
        Column("seconds", "seconds", ColumnType.NUMBER, required=False),
    ),
)


def gathered(home: Path, rows: Any) -> tuple[Landed, Gated]:
    """The rows that a service gives in one page, fetched, landed and sorted."""
    fetch(CALLS, PROGRAMME, None, home, home, NOW)
    (delivery,) = spooled(CALLS, home / "spool")
    landed = land(delivery, CALLS, home, KEY)
    assert isinstance(landed, Landed)
    return landed, sort_rows(landed, CALLS, PROGRAMME, GATES, NOW)


def answering(body: str) -> Service:
    """A service that gives these bytes."""
    return service(faults.says(body.encode()))


def test_numbers_keep_their_digits_and_what_is_none_is_put_aside(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NaN, infinities and numbers that no column holds are each the fault of their own row, and of no other."""
    written = ["0.1", "12", "NaN", "Infinity", "-Infinity", "1E999999999", "9" * 5000, '"7"', "true", "[1]"]
    items = ",".join(
        f'{{"number": {n}, "changed": "2025-05-01", "system": {{"code": "c"}}, "seconds": {value}}}'
        for n, value in enumerate(written)
    )
    with connected(patch, "calls", answering(f'{{"items": [{items}], "next": null}}')):
        landed, gated = gathered(tmp_path, items)
    assert landed.rows_delivered == len(written)
    put_aside = {row["delivered_value"][:12]: Text.parse(row["reason"]).en for row in gated.quarantined.to_dicts()}
    assert put_aside == {
        "NaN": "Not a number",
        "Infinity": "Not a number",
        "-Infinity": "Not a number",
        "1E999999999": "Not a number",
        "9" * 12: "Not a number",
        "true": "Not a number",
        "[1]": "Not a number",
    }


def test_text_that_no_file_can_hold_is_mended(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Half of a character, which JSON can escape, does not stop the batch; whole ones stay as they are."""
    code = r"Đống Đa \ud800 \ud83d\ude00"
    body = f'{{"items": [{{"number": 1, "changed": "2025-05-01", "system": {{"code": "{code}"}}}}], "next": null}}'
    with connected(patch, "calls", answering(body)):
        landed, _ = gathered(tmp_path, body)
    assert landed.frame["code"].to_list() == ["Đống Đa \N{REPLACEMENT CHARACTER} \N{GRINNING FACE}"]


def test_new_missing_and_retyped_fields_are_told_apart(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A new field is named and its values are nowhere; a retyped one is the fault of its rows."""
    rows = [{**row, "number": f"{row['number']} calls" if row["number"] < 3 else row["number"]} for row in ROWS]
    drifted = [{**row, "caller": "0912345678", "system": {**row["system"], "region": "HN"}} for row in rows]
    with connected(patch, "calls", Service({"/cursor": Listing(drifted, "cursor")})):
        landed, gated = gathered(tmp_path, drifted)
    assert landed.unnamed_columns == ("caller", "system.region")
    assert not any(b"0912345678" in file.read_bytes() for file in tmp_path.rglob("*.parquet"))
    assert [(row["column_name"], row["delivered_value"]) for row in gated.quarantined.to_dicts()] == [
        ("number", "1 calls"),
        ("number", "2 calls"),
    ]


def test_a_required_field_that_vanished_refuses_the_batch(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a source must have and no row has any more is named."""
    rows = [{"number": row["number"], "changed": row["changed"], "system": {"id": 1}} for row in ROWS]
    with connected(patch, "calls", Service({"/cursor": Listing(rows, "cursor")})):
        landed, gated = gathered(tmp_path, rows)
    assert landed.missing_columns == ("system.code",)
    assert gated.refusal is not None
    assert "Missing column “system.code”" in gated.refusal


def test_a_crash_between_pages_leaves_nothing(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What came before a page that never came is not taken; the next fetch has all of it, from the same mark."""
    with connected(patch, "calls", service(faults.fine, faults.fine, faults.status(404))) as asked:
        with pytest.raises(FetchError):
            fetch(CALLS, PROGRAMME, None, tmp_path, tmp_path, NOW)
        assert [path.name for path in tmp_path.rglob("*.p*")] == []
        assert spooled(CALLS, tmp_path / "spool") == []
        landed, gated = gathered(tmp_path, ROWS)
    assert gated.good.height == len(ROWS)
    assert landed.watermark == "2025-05-23"
    assert "since" not in asked.asked[-1].params


def test_the_same_rows_are_the_same_batch(patch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In whatever order they come, and on whatever day."""
    batches = []
    for number, rows in enumerate((ROWS, ROWS[::-1])):
        with connected(patch, "calls", Service({"/cursor": Listing(rows, "cursor", page_size=7)})):
            fetch(CALLS, PROGRAMME, None, tmp_path, tmp_path / str(number), NOW + timedelta(days=number))
        (delivery,) = spooled(CALLS, tmp_path / str(number) / "spool")
        batches.append(land(delivery, CALLS, tmp_path / str(number), KEY).batch_id)
    assert batches[0] == batches[1]


def test_a_fetch_leaves_no_trace_of_its_library(tmp_path: Path) -> None:
    """The library that pages is not imported before it is needed, and it writes no settings and asks for none."""
    with serving(service()) as asked:
        connection = json.dumps({"conn_type": "http", "host": asked.address})
        program = (
            "import sys, targetwatch.pipeline, targetwatch.gathering, targetwatch.gathering.connectors.fetching\n"
            "assert not {'dlt', 'requests', 'airflow'} & set(sys.modules), 'imported too early'\n"
            "from tests.gathering.test_http_connector import CURSORS, numbers\n"
            "print(len(numbers(CURSORS)))\n"
        )
        home = tmp_path / "home"
        home.mkdir()
        ran = subprocess.run(
            [sys.executable, "-c", program],
            cwd=home,
            env={
                "HOME": str(home), "PYTHONPATH": str(GATES.parents[1]), "PYTHONDONTWRITEBYTECODE": "1",
                "AIRFLOW_CONN_CALLS": connection, "AIRFLOW_HOME": str(tmp_path / "airflow"), "NO_PROXY": "127.0.0.1",
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert ran.stdout.splitlines()[-1:] == ["23"], ran.stderr
    assert list(home.rglob("*")) == []
