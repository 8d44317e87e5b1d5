"""What goes wrong with services, one request at a time."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Mapping
from typing import Any

from tests.systems.services.service import Fault, Handler


def fine(handler: Handler) -> bool:
    """Nothing goes wrong this time."""
    return False


def status(code: int, headers: Mapping[str, str] | None = None, body: Any = None) -> Fault:
    """An answer of a certain status."""

    def answer(handler: Handler) -> bool:
        handler.reply(body if body is not None else {"message": "not now"}, code, headers)
        return True

    return answer


def says(body: bytes, kind: str = "application/json", **headers: str) -> Fault:
    """A body of these bytes, packed as the service packs."""

    def answer(handler: Handler) -> bool:
        handler.reply(body, 200, {name.replace("_", "-"): value for name, value in headers.items()}, kind)
        return True

    return answer


def cut(body: bytes = b'{"items": [') -> Fault:
    """An answer that says how long it is, and ends earlier."""

    def answer(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body) + 1000))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True
        return True

    return answer


def cut_without_a_length(body: bytes) -> Fault:
    """An answer whose end is the end of the connection, and that came too early."""

    def answer(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True
        return True

    return answer


def hang_up(handler: Handler) -> bool:
    """The connection is closed without a word."""
    handler.close_connection = True
    handler.connection.close()
    return True


def trickle(seconds: float, in_headers: bool = False) -> Fault:
    """An answer that comes byte by byte, and would take for ever."""

    def answer(handler: Handler) -> bool:
        begun = b"HTTP/1.1 200 OK\r\n" + (b"X-Slow: " if in_headers else b"Content-Length: 99999\r\n\r\n")
        try:
            handler.connection.sendall(begun)
            for _ in range(int(seconds / 0.05)):
                handler.connection.sendall(b"a")
                time.sleep(0.05)
        except OSError:
            pass
        handler.close_connection = True
        return True

    return answer


def silence(seconds: float) -> Fault:
    """No answer at all for a while."""

    def answer(handler: Handler) -> bool:
        time.sleep(seconds)
        handler.close_connection = True
        return True

    return answer


def redirect(to: str, code: int = 302) -> Fault:
    """An answer that points somewhere else."""
    return status(code, {"Location": to})


def bomb(megabytes: int) -> Fault:
    """A small answer that unpacks to so many megabytes."""

    def answer(handler: Handler) -> bool:
        packing = zlib.compressobj(9, zlib.DEFLATED, 31)
        zeros = b"0" * (1024 * 1024)
        packed = packing.compress(b"[") + b"".join(packing.compress(zeros) for _ in range(megabytes)) + packing.flush()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(packed)))
        handler.end_headers()
        handler.wfile.write(packed)
        return True

    return answer


def half_a_gzip(body: Any) -> Fault:
    """A packed answer of which the end is missing, though its length says that it is whole."""

    def answer(handler: Handler) -> bool:
        packed = gzip.compress(json.dumps(body).encode())
        packed = packed[: len(packed) // 2]
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(packed)))
        handler.end_headers()
        handler.wfile.write(packed)
        return True

    return answer


def only(code: int, headers: Mapping[str, str]) -> Fault:
    """An answer of a certain status with these headers and no others, so that its clock may be another."""

    def answer(handler: Handler) -> bool:
        handler.send_response_only(code)
        for name, value in {**headers, "Content-Length": "0"}.items():
            handler.send_header(name, value)
        handler.end_headers()
        return True

    return answer
