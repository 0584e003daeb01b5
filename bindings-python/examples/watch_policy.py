"""A service whose policy lies in a file that may change while it runs.

    validator = Validator.from_file("policy.yaml")
    watch_policy(validator, "policy.yaml")

The file is looked at every few seconds, on a thread that ends with the process. That works where watches of the
operating system do not: on network file systems, and for what Kubernetes mounts, which is a symbolic link to another
folder each time. After a fork, a child that shall follow the file too calls it anew.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from os import PathLike
from pathlib import Path

from jotgate import PolicyError, Validator

_log = logging.getLogger(__name__)


def watch_policy(
    validator: Validator, path: str | PathLike[str], *, seconds: float = 5, told: Callable[[], None] = lambda: None
) -> Callable[[], None]:
    """Replaces the validator's policy each time that the file is another one; what it returns ends that.

    A file that is wrong, half written or gone is logged, and the policy before stays. `told` is called after each
    attempt.
    """
    ended = threading.Event()

    def watch(seen: object) -> None:
        while not ended.wait(seconds):
            if (now := _version(path)) == seen:
                continue
            # Before it is read: what changes while it is read is another change.
            seen = now
            try:
                validator.replace_from_file(path)
            except (PolicyError, OSError, ValueError) as error:
                _log.error("the policy in %s is not taken, the one before stays: %s", path, error)
            else:
                _log.info("the policy in %s holds from now on", path)
            told()

    threading.Thread(target=watch, args=(_version(path),), name="watch-policy", daemon=True).start()
    return ended.set


def _version(path: str | PathLike[str]) -> object:
    """What differs when the file is another one: what was renamed into its place may be older than what was there."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
