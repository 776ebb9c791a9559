"""Whole commands as a user gives them: preparing the data, a small study, the same again."""

import os
import subprocess
import sys
import tempfile
import time

COMMANDS = {
    "prepare dances, nothing cached": ["data", "--profile", "quick"],
    "prepare dances, again": ["data", "--profile", "quick"],
    "smoke study, without its pages": ["study", "--profile", "smoke", "--no-pages"],
    "smoke study, again": ["study", "--profile", "smoke", "--no-pages"],
}


def main() -> None:
    """Time each command once, in order, on an empty cache and without records."""
    with tempfile.TemporaryDirectory() as folder:
        places = {"SUBGENRE_CACHE": f"{folder}/cache", "SUBGENRE_RESULTS": f"{folder}/results"}
        for name, arguments in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "subgenre.cli", *arguments],
                env=os.environ | places,
                check=True,
                capture_output=True,
            )
            print(f"{name:32s} {time.perf_counter() - started:6.1f} s")


if __name__ == "__main__":
    main()
