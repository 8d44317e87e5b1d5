"""A stand-in for the processes of Airflow and for the Slack stand-in: as small as can be, as real as must be.

fake_airflow.py db                 make a database with a schema
fake_airflow.py serve PORT         answer the health check
fake_airflow.py work               do nothing, for ever
fake_airflow.py die                say why, and end with exit code 5
"""

import http.server
import os
import sqlite3
import sys
import time
from pathlib import Path


class Health(http.server.BaseHTTPRequestHandler):
    """Answers every GET as Airflow's health check does."""

    def do_GET(self) -> None:
        """Say that all is well."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"metadatabase": {"status": "healthy"}}')


def main(command: str, *arguments: str) -> None:
    """Do as `command` says."""
    if command == "db":
        with sqlite3.connect(Path(os.environ["AIRFLOW_HOME"]) / "airflow.db") as database:
            database.execute("CREATE TABLE alembic_version (version_num)")
            database.execute("INSERT INTO alembic_version VALUES ('r1')")
    elif command == "serve":
        http.server.ThreadingHTTPServer(("127.0.0.1", int(arguments[0])), Health).serve_forever()
    elif command == "work":
        while True:
            time.sleep(1)
    elif command == "die":
        sys.stderr.write("the disk is full\n")
        sys.exit(5)


if __name__ == "__main__":
    main(*sys.argv[1:])
