"""The HTTP session that services are asked by: bounded in time, in tries and in size, and it carries secrets nowhere.

A request that fails in passing (no connection, a timeout, 429, a server's error, an answer that is cut off) is tried
again, after the wait that the service asks for or a random one that doubles. All else ends at once with a FetchError
that says what to mend. No message has a token, a password or a query string in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from urllib.parse import urljoin, urlsplit

from requests import PreparedRequest, Response, Session
from requests.exceptions import InvalidHeader, InvalidURL, RequestException, SSLError
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from urllib3.exceptions import DecodeError, HTTPError

from targetwatch.gathering.connectors.faults import FetchError, UnreachableError
from targetwatch.gathering.connectors.http_adapter import adapter
from targetwatch.gathering.connectors.http_address import origin, same_service
from targetwatch.gathering.connectors.json_answer import AnswerError, CutAnswerError, parse
from targetwatch.gathering.connectors.manners import MEBIBYTE, Manners
from targetwatch.gathering.connectors.pace import Pace, seconds_asked
from targetwatch.gathering.connectors.time_limit import TimeLimit

PASSING = frozenset({408, 425, 429, *range(500, 600)} - {501, 505})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
UNKNOWN_CALLER, FORBIDDEN, MISSING, GONE, NO_CONTENT = 401, 403, 404, 410, 204
BLOCK = 64 * 1024
PACKED_BY = ("gzip", "deflate")  # what is asked for, and so the only ways in which an answer may be packed
OF_A_COMPLAINT = ("error_description", "message", "detail", "error", "description")
CREDENTIALS = "the login, the password and the extra of the Airflow Connection"


class RefusedError(FetchError):
    """A service answered, and not with what was asked for. `status` is its HTTP status."""

    def __init__(self, said: str, status: int) -> None:
        super().__init__(said)
        self.status = status


class PassingError(Exception):
    """One try failed and the next may not. `wait` is how many seconds the service asks for, if it does."""

    def __init__(self, what: str, wait: float | None = None) -> None:
        super().__init__(what)
        self.wait = wait


class Answer(Response):
    """An answer whose body was read within its bounds, and is parsed once."""

    parsed: Any = None

    def json(self, **_: Any) -> Any:
        """The answer as JSON; an empty list where the service says that it has no content."""
        if self.parsed is None:
            self.parsed = [] if self.status_code == NO_CONTENT else parse(self.content)
        return self.parsed


class PoliteSession(Session):
    """Sends requests with good manners, for one fetch of one source.

    `renew` is called once for an answer of 401, to put a new token into the request; None where a token is for good.
    `secrets` are blotted out of whatever is said.
    """

    def __init__(self, source: str, manners: Manners, limit: TimeLimit, verify: bool | str = True) -> None:
        super().__init__()
        self.source = source
        self.manners = manners
        self.limit = limit
        self.renew: Callable[[PreparedRequest], None] | None = None
        self.secrets: set[str] = set()
        self.verify = verify
        self.auth = _nobody  # what else would be looked up in the .netrc of whoever runs this
        self.headers.update(
            {"User-Agent": "targetwatch", "Accept": "application/json", "Accept-Encoding": ", ".join(PACKED_BY)}
        )
        self._taken = 0
        self._pace = Pace(manners)
        for scheme in ("http://", "https://"):
            self.mount(scheme, adapter(limit))

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """The answer to `request`, read whole: JSON. Raises UnreachableError or FetchError."""
        retrying = Retrying(
            sleep=self.manners.sleep,
            stop=stop_after_attempt(self.manners.attempts),
            wait=self._wait,
            retry=retry_if_exception_type(PassingError),
            reraise=True,
        )
        try:
            return retrying(self._follow, request, kwargs)
        except PassingError as fault:
            times = "once" if self.manners.attempts == 1 else f"{self.manners.attempts} times"
            raise UnreachableError(f"The service of source {self.source} {fault}; it was asked {times}.") from None

    def get_redirect_target(self, resp: Response) -> str | None:
        """None: redirects are followed here, and not by a library that reads their bodies without a bound."""
        return None

    def fail(self, what: str, hint: str, status: int = 0) -> NoReturn:
        """Raise a FetchError about the service, with its `status` where that is what went wrong."""
        said = f"The service of source {self.source} {what}. {hint}"
        for secret in self.secrets:
            said = said.replace(secret, "***")
        raise (RefusedError(said, status) if status else FetchError(said)) from None

    def _follow(self, request: PreparedRequest, kwargs: dict[str, Any]) -> Answer:
        renewed = False
        for _ in range(self.manners.most_redirects + 2):
            answer = self._once(request, kwargs)
            if answer.status_code == UNKNOWN_CALLER and self.renew is not None and not renewed:
                request, renewed = request.copy(), True
                self.renew(request)
            elif answer.status_code in REDIRECTS:
                request = self._redirected(request, answer)
            else:
                return self._accepted(answer)
        self.fail("redirects again and again", "Compare its documentation with the address of the Airflow Connection.")

    def _once(self, request: PreparedRequest, kwargs: dict[str, Any]) -> Answer:
        """One try: the answer with its body, whatever its status says, unless that passes."""
        self._keep_pace()
        kwargs = {**kwargs, "stream": True, "allow_redirects": False}
        kwargs["timeout"] = (self.manners.connect_timeout, self.manners.answer_timeout)
        if isinstance(self.verify, str):
            kwargs["verify"] = self.verify  # the authority that the connection names, and not one of the environment
        answer = Answer()
        try:
            response = super().send(request, **kwargs)
            answer.__dict__.update(response.__dict__)
            try:
                answer._content = self._body(response)
                answer._content_consumed = True
            finally:
                answer.close()
        except (RequestException, HTTPError, OSError) as fault:
            self._explain(fault)
        self._check_time()
        self._pace.heed(answer.headers)
        if answer.status_code in PASSING:
            wait = seconds_asked(answer.headers.get("Retry-After", ""), answer.headers)
            raise PassingError(f"answered with {answer.status_code}", wait)
        return answer

    def _body(self, response: Response) -> bytes:
        """The unpacked body, never more of it in memory than a page may have. Of an error's only the beginning."""
        packed = response.headers.get("Content-Encoding", "identity").strip().lower()
        if packed not in (*PACKED_BY, "x-gzip", "identity", ""):
            self.fail(f"packs its answer by '{packed[:20]}', which was not asked for", "Its operator has to mend it.")
        is_error = response.status_code >= 300
        most = BLOCK if is_error else self.manners.largest_page
        blocks: list[bytes] = []
        size = 0
        while size <= most and (block := response.raw.read1(BLOCK, decode_content=True)):
            blocks.append(block)
            size += len(block)
            self._check_time()
        if is_error:
            return b"".join(blocks)[:most]
        self._taken += size
        if size > most:
            self.fail(f"answers with more than {most // MEBIBYTE} MB at once", "Ask for smaller pages: http.page_size.")
        if self._taken > self.manners.largest_fetch:
            in_all = self.manners.largest_fetch // MEBIBYTE
            self.fail(f"answers with more than {in_all} MB in all", "Ask for less: http.since_param and a watermark.")
        return b"".join(blocks)

    def _redirected(self, request: PreparedRequest, answer: Answer) -> PreparedRequest:
        """The request to where the answer points, if that is the same service. Elsewhere no token goes."""
        to = urljoin(str(request.url), answer.headers.get("Location", ""))
        if not same_service(str(request.url), to):
            hint = "If it has moved, change the address of the Airflow Connection."
            self.fail(f"redirects to {origin(to)}, and no credentials are carried there", hint)
        if request.method != "GET":
            self.fail(
                "redirects whoever asks for a token", "Change 'token_url' in the extra of the Airflow Connection."
            )
        request = request.copy()
        request.url = to
        return request

    def _accepted(self, answer: Answer) -> Answer:
        status, path = answer.status_code, urlsplit(str(answer.url)).path
        if status not in (200, NO_CONTENT):
            self._refused(status, path, _complaint(answer))
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind in ("text/html", "application/xhtml+xml"):
            self.fail("answers with a web page where JSON is wanted", "Open it: it may be a login page, or a proxy's.")
        try:
            answer.json()
        except CutAnswerError as fault:
            raise PassingError(f"gave an answer that {fault}") from None
        except AnswerError as fault:
            self.fail(f"gave an answer ({kind[:40] or 'of no type'}) that {fault}", "Its operator has to mend it.")
        return answer

    def _refused(self, status: int, path: str, complaint: str) -> NoReturn:
        """Say what a status means for whoever set the source up."""
        said = f" ({status}{complaint})"
        match status:
            case 401:
                self.fail(f"does not know who asks{said}", f"Mend {CREDENTIALS}.", status)
            case 403:
                hint = f"Ask its operator for the right, or mend {CREDENTIALS}."
                self.fail(f"does not show {path} to whoever asks{said}", hint, status)
            case 404 | 410:
                hint = (
                    f"Mend the path in catalogue/sources/{self.source}.yaml, or the address of the Airflow Connection."
                )
                self.fail(f"has nothing at {path}{said}", hint, status)
        self.fail(f"does not answer what it is asked at {path}{said}", "Compare that with its documentation.", status)

    def _explain(self, fault: Exception) -> NoReturn:
        """What went wrong on the way, without what a library says of it: that may have secrets in it."""
        if isinstance(fault, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(fault):
            hint = "Name the file of its authority under 'verify' in the extra of the Airflow Connection."
            self.fail("has a certificate that nobody here vouches for", hint)
        if isinstance(fault, InvalidURL | InvalidHeader):
            self.fail("cannot be asked: its address or a header is malformed", "Mend the Airflow Connection.")
        self._check_time()
        raise PassingError(_in_words(fault)) from None

    def _keep_pace(self) -> None:
        """Wait until the next request may go out."""
        wait = self._pace.wait
        if wait > self.limit.left:
            raise UnreachableError(f"The service of source {self.source} takes no request for {wait:.0f} seconds.")
        if wait > 0:
            self.manners.sleep(wait)
        self._check_time()
        self._pace.begin()

    def _wait(self, state: RetryCallState) -> float:
        """The seconds to the next try: what the service asks for, or a random wait. Raises where time is too short."""
        fault = state.outcome.exception() if state.outcome else None
        asked = fault.wait if isinstance(fault, PassingError) else None
        wait = self.manners.wait_after(state.attempt_number) if asked is None else asked
        if wait > self.limit.left:
            raise UnreachableError(
                f"The service of source {self.source} {fault}; it is to be asked again in {wait:.0f} seconds, and of "
                f"the {self.limit.seconds:.0f} that a fetch has so many are not left."
            ) from None
        return wait

    def _check_time(self) -> None:
        if self.limit.is_over:
            raise UnreachableError(
                f"The service of source {self.source} was not read to its end within {self.limit.seconds:.0f} seconds."
            ) from None


def _nobody(request: PreparedRequest) -> PreparedRequest:
    return request


def _complaint(answer: Answer) -> str:
    """What a service says of an error, short and in one line; nothing where it does not say it in JSON."""
    try:
        said = parse(answer.content)
    except AnswerError:
        return ""
    for _ in range(3):
        if not isinstance(said, Mapping):
            break
        said = next((said[name] for name in OF_A_COMPLAINT if said.get(name)), None)
    words = " ".join(said.split()) if isinstance(said, str) else ""
    return f": {words[:160]}" if words.isprintable() and words else ""


def _in_words(fault: Exception) -> str:
    if isinstance(fault, DecodeError):
        return "packed its answer so that nothing can unpack it"
    said = f"{type(fault).__name__} {fault!r}"
    if "NameResolution" in said:
        return "has an address that no name server knows"
    if "ConnectTimeout" in said:
        return "took no connection in time"
    if "timed out" in said or "Timeout" in said:
        return "fell silent in the middle of an answer"
    if "refused" in said:
        return "refused the connection"
    if "IncompleteRead" in said:
        return "cut off its answer"
    return "broke the connection off"
