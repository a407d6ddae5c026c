"""Writes the JSON schema of a run's document: python -m tests.tools.make_schemas resources/schemas"""

import argparse
import json
from pathlib import Path

from atecc_bench.provision.report.run_document import RunDocument

RUN_SCHEMA = "run-1.json"


def run_schema() -> str:
    """The schema, as the file has it."""
    return json.dumps(RunDocument.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the files into the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    (folder / RUN_SCHEMA).write_text(run_schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
