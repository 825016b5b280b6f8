"""The command `lineseal`.

`main` is the script's entry point; it loads typer and rich only when it is called, and says how to
install them when they are missing. Everything else of the package is reached from `app`.
"""

import sys

MISSING = (
    "lineseal: the command line needs the package {name}, which is not installed.\n"
    'Install it with: pip install "lineseal[cli]"'
)

INTERRUPTED = (
    '{"error": {"code": "cancelled", "message": "interrupted", "field": null, "path": null,'
    ' "hash": null, "position": null, "remedy": null}}'
)


def main() -> None:
    """Run `lineseal` with the arguments of this process and exit with its status."""
    try:
        from lineseal.cli.app import run
    except ModuleNotFoundError as missing:
        if missing.name not in {"typer", "rich"}:
            raise
        print(MISSING.format(name=missing.name), file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        # What would say so may be what was being loaded.
        if "--json" in sys.argv:
            print(INTERRUPTED)
        else:
            print("interrupted", file=sys.stderr)
        sys.exit(130)
    sys.exit(run(sys.argv[1:]))
