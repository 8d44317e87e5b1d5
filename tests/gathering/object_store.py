"""A real server of S3 on loopback, and the Airflow Connection by which a source reaches it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

SECRET = "s3cr3t/k3y"


@contextmanager
def s3() -> Iterator[Any]:
    """A client of a server that holds nothing yet; `endpoint` says where it is."""
    import boto3
    from botocore.config import Config
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        client = boto3.client(
            "s3",
            endpoint_url=f"http://{host}:{port}",
            aws_access_key_id="reader",
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
            config=Config(retries={"max_attempts": 1}),
        )
        yield client
        client.close()
    finally:
        server.stop()


def connect(patch: pytest.MonkeyPatch, name: str, endpoint: str, **more: Any) -> None:
    """Let the Airflow Connection `name` lead to the store at `endpoint`."""
    said = {
        "conn_type": "aws",
        "login": "reader",
        "password": SECRET,
        "extra": {"endpoint_url": endpoint, "region_name": "us-east-1", **more},
    }
    patch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(said))
