"""The program `jotgate`. The core decides what it does and prints; here are its files and its network."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import BinaryIO, TextIO, TypeVar

from ._fetch import cause_of, failure_of, response_of
from ._native import Command, FetchRequest
from ._urllib import UrllibFetcher

Read = TypeVar("Read")

LARGEST = 16 * 1024 * 1024
"""Bytes that are read of a file or of standard input; one more shows the core that there would be more."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the program, by default with the arguments of this process, and gives its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        stdout, stderr, status = _run(arguments)
        _write(sys.stderr, stderr)
        _write(sys.stdout, stdout)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has left; Python would complain about it once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return status


def _run(arguments: Sequence[str]) -> tuple[str, str, int]:
    # An argument that is no Unicode names no file that could be told of in an error, and no token either.
    texts = [os.fsencode(argument).decode("utf-8", "replace") for argument in arguments]
    command = Command(
        texts,
        colour=_shows_colours(sys.stdout),
        error_colour=_shows_colours(sys.stderr),
        error_terminal=sys.stderr.isatty(),
    )
    logs = _Logs()
    while True:
        step = command.step()
        if step[0] == "done":
            return step[1]
        if step[0] == "fetch":
            _fetch(command, *step[1])
        elif step[0] == "read_part":
            path, most, progress = step[1]
            _write(sys.stderr, progress)
            _provide(command, partial(logs.part, path, most))
        elif step[0] == "audit_columns":
            audit = _columns()
            if audit is not None:
                return "", "", audit(texts[texts.index("audit") + 1 :])
            command.fail("not installed")
        else:
            _provide(command, partial(_whole, None if step[0] == "read_input" else step[1]))


def _columns() -> Callable[[Sequence[str]], int] | None:
    """What audits logs with columns: it takes packages that most do without."""
    try:
        audit: Callable[[Sequence[str]], int] = import_module("jotgate_arrow.audit").main
    except ModuleNotFoundError:
        return None
    return audit


class _Logs:
    """Logs that are read part by part, one after the other."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None

    def part(self, path: str | None, most: int) -> bytes:
        """What follows on the part before; nothing at the end, after which the next log begins."""
        file = self._file
        if file is None:
            file = self._file = sys.stdin.buffer if path is None else open(path, "rb")  # noqa: PTH123, SIM115 (see below)
        content = file.read(most)
        if not content:
            # Standard input stays as it is: it has no beginning to go back to.
            if path is not None:
                file.close()
            self._file = None
        return content


def _whole(path: str | None) -> bytes:
    if path is None:
        return _read(sys.stdin.buffer)
    with open(path, "rb") as file:  # noqa: PTH123 (a path of the user, as it stands)
        return _read(file)


def _provide(command: Command, read: Callable[[], bytes]) -> None:
    try:
        content = read()
    except FileNotFoundError:
        command.fail("no such file")
    except IsADirectoryError:
        command.fail("is a directory")
    except PermissionError:
        command.fail("permission denied")
    except (OSError, ValueError):  # ValueError: a path with a NUL in it
        command.fail("cannot be read")
    else:
        command.provide(content)


def _read(file: BinaryIO) -> bytes:
    return file.read(LARGEST + 1)


Network = tuple[str | None, str | None, str | None, str | None]
"""Authorities, a certificate and its key, by their files, and a proxy."""


def _fetch(command: Command, request: FetchRequest, network: Network) -> None:
    try:
        fetcher = _fetcher(network)
    except _NetworkError as error:
        command.fail(str(error))
        return
    try:
        answer = response_of(fetcher(request))
    except Exception as error:  # noqa: BLE001 (whatever goes wrong is told in the explanation)
        command.report_failed(request.id, failure_of(error), cause_of(error))
    else:
        command.report_fetched(request.id, *answer)


class _NetworkError(Exception):
    """What the user says of the network makes no sense."""


def _fetcher(network: Network) -> UrllibFetcher:
    cacert, cert, key, proxy = network
    if cacert is None and cert is None:
        return UrllibFetcher(proxy=proxy)
    import ssl

    context = _of_file("--cacert", cacert, lambda: ssl.create_default_context(cafile=cacert))
    if cert is not None:
        _of_file("--cert", cert, lambda: context.load_cert_chain(cert, key, lambda: ""))
    return UrllibFetcher(context, proxy=proxy)


def _of_file(option: str, path: str | None, read: Callable[[], Read]) -> Read:
    try:
        return read()
    except FileNotFoundError as error:
        raise _NetworkError(f"{option} {path}: no such file, or none of its key") from error
    except (OSError, ValueError) as error:
        raise _NetworkError(
            f"{option} {path}: expected PEM, and of a certificate the key that belongs to it"
        ) from error


def _shows_colours(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")


def _write(stream: TextIO, text: str) -> None:
    """Writes the same bytes on every system."""
    stream.flush()
    stream.buffer.write(text.encode())
    stream.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
