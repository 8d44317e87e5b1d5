"""How much memory this process has held at most."""

from __future__ import annotations

from pathlib import Path


def peak_megabytes() -> float:
    """The largest resident set of this process since its program began, in units of 2**20 bytes.

    Linux hands `ru_maxrss` on through `exec`: a process that was started by a large one reports the large one's, which
    is why it is not asked. `VmHWM` begins anew with each program.
    """
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    return int(status["VmHWM"].removesuffix("kB")) / 1024
