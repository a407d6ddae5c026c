"""The two faces: without arguments the window, with a verb the command line."""

import sys


def main() -> int:
    """Entry point of `atecc-bench`."""
    from atecc_bench.cli.app import build_app

    build_app()()
    return 0


if __name__ == "__main__":
    sys.exit(main())
