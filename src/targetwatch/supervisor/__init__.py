"""Starting and stopping the embedded set-up: Airflow on loopback and, where no Slack is given, its stand-in.

    with Supervisor(settings).running() as up:
        up.wait()

`embedded` is the corridor; `airflow_home` prepares what Airflow reads, `services` says what runs, `processes` and
`keeper` hold the processes so that none outlives the supervisor, `airflow_api` asks the running Airflow.
"""

from targetwatch.supervisor.embedded import Interrupted, Supervisor, Up
from targetwatch.supervisor.failures import (
    AlreadyRunning,
    PortInUse,
    ProcessesLeft,
    ServiceDied,
    SetUpFailed,
    TookTooLong,
)

__all__ = [
    "AlreadyRunning",
    "Interrupted",
    "PortInUse",
    "ProcessesLeft",
    "ServiceDied",
    "SetUpFailed",
    "Supervisor",
    "TookTooLong",
    "Up",
]
