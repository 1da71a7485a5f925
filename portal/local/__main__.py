"""`python -m portal.local run` and `python -m portal.local exec [--migrated] -- COMMAND ...`."""

import argparse
import os
import signal
import sys
from types import FrameType

from portal.local import commands, website
from portal.local.trouble import Stopped, sentence

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(words: list[str]) -> int:
    """Run what was asked; trouble ends in a line or two of plain English and 1."""
    at = words.index("--") if "--" in words else len(words)
    asked, command = _parser().parse_args(words[:at]), words[at + 1 :]
    if asked.verb == "exec" and not command:
        _parser().error("exec needs a command: exec -- COMMAND ARGUMENTS")
    for number in SIGNALS:
        signal.signal(number, _stop)
    environ = dict(os.environ)
    try:
        if asked.verb == "run":
            return website.run(environ)
        return commands.execute(command, environ, migrated=asked.migrated)
    except Stopped as stop:
        return 0 if asked.verb == "run" else 128 + stop.number
    except Exception as error:
        advice = sentence(error)
        if advice is None:
            raise
        print(f"wegweiser: {advice}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m portal.local")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("run", help="the whole portal, until Ctrl-C")
    exec_ = verbs.add_parser("exec", help="-- COMMAND ...: one command in the portal's surroundings")
    exec_.add_argument("--migrated", action="store_true", help="bring the tables up to date before")
    return parser


def _stop(number: int, _frame: FrameType | None) -> None:
    # once: a second one must not break off the putting away
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
