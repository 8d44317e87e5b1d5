"""Tokens that a service gives out for a while: OAuth's client credentials, asked for again when they have run out."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
from requests import PreparedRequest

from targetwatch.gathering.connectors.http_session import PoliteSession

MEND = "Compare 'token_url' in the extra of the Airflow Connection with its documentation."


class ClientCredentials(OAuth2ClientCredentials):
    """A bearer token from `token_url` for a client's id and secret.

    They are sent in the header, as every such service must take them (RFC 6749, section 2.3.1), or in the form.
    """

    def __init__(
        self, session: PoliteSession, token_url: str, client: tuple[str, str], scope: str, in_form: bool
    ) -> None:
        super().__init__(
            access_token_url=token_url,
            client_id=client[0],
            client_secret=client[1],
            access_token_request_data={"scope": scope} if scope else {},
            session=session,
        )
        self._session = session
        self._in_form = in_form

    def obtain_token(self) -> None:
        """Ask for a token. Raises FetchError where the answer has none."""
        try:
            super().obtain_token()
        except (ValueError, TypeError, AttributeError):
            self.access_token = None
            self._session.fail("gives a token out in no form that is known here", MEND)
        self._session.secrets.add(str(self.access_token))

    def renew(self, request: PreparedRequest) -> None:
        """Put a new token into `request`: the old one was not taken."""
        self.access_token = None
        self(request)

    def build_access_token_request(self) -> dict[str, Any]:
        """The request, with the client's secret in one place and not in two."""
        asked = super().build_access_token_request()
        if not self._in_form:
            client, secret = asked["data"].pop("client_id"), asked["data"].pop("client_secret")
            packed = b64encode(f"{client}:{secret}".encode()).decode()
            asked["headers"]["Authorization"] = f"Basic {packed}"
        return asked

    def parse_access_token(self, response_json: Any) -> str:
        """The token in an answer."""
        token = (
            response_json["access_token"] if isinstance(response_json, dict) and "access_token" in response_json else ""
        )
        if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
            raise ValueError("no token")
        return token
