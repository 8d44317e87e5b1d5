"""A mail server on loopback, with the faults of real ones: it speaks SMTP as RFC 5321 has it, and keeps mails."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

LOGIN, PASSWORD = "targetwatch@city.example", "pass word/of+mail"


@dataclass
class Mailbox:
    """What was taken, and what goes wrong: `answers` are codes of the next mails, 0 for one that is lost."""

    port: int = 0
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)  # addresses that are refused for good
    busy: set[str] = field(default_factory=set)  # addresses that are refused for now
    password: str = PASSWORD

    @property
    def connection(self) -> dict[str, object]:
        """The Airflow Connection of it."""
        extra = {"disable_ssl": True, "disable_tls": True, "retry_limit": 0, "timeout": 5}
        return {"conn_type": "smtp", "host": "127.0.0.1", "port": self.port, "login": LOGIN, "password": PASSWORD,
                "extra": extra}  # fmt: skip


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        self.say("220 mail.example ESMTP")
        sender, recipients, known = "", [], False
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO":
                    self.say("250-mail.example\r\n250-8BITMIME\r\n250 AUTH PLAIN")
                case "AUTH":
                    known = base64.b64decode(rest.split()[1]).split(b"\0")[2].decode() == box.password
                    self.say("235 2.7.0 accepted" if known else "535 5.7.8 bad credentials")
                case "MAIL":
                    sender, recipients = rest, []
                    self.say("250 ok" if known else "530 5.7.0 who are you")
                case "RCPT":
                    address = rest[rest.index("<") + 1 : rest.index(">")]
                    if address in box.unknown:
                        self.say("550 5.1.1 no such mailbox")
                    elif address in box.busy:
                        self.say("450 4.2.1 try later")
                    else:
                        recipients.append(address)
                        self.say("250 ok")
                case "DATA":
                    self.say("354 go on")
                    mail = b"".join(iter(self.rfile.readline, b".\r\n")).replace(b"\n..", b"\n.")
                    code = box.answers.pop(0) if box.answers else 250
                    if code in (250, 0) and sender:
                        parsed = message_from_bytes(mail, policy=default)
                        assert isinstance(parsed, EmailMessage)
                        box.mails.append((recipients, parsed))
                    if code == 0:
                        return  # taken, and the connection breaks before anybody hears of it
                    self.say(f"{code} done")
                case "RSET" | "NOOP":
                    self.say("250 ok")
                case "QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("502 what")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A mail server on a free port for the length of a block."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation) as server:
        server.daemon_threads = True
        box = Mailbox(server.server_address[1])
        server.box = box  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join(10)
