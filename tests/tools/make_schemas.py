"""Writes the JSON schemas of documents: python -m tests.tools.make_schemas resources/schemas"""

import argparse
import json
from pathlib import Path

from atecc_bench.diagnose.bundle.trouble_bundle import TroubleBundle
from atecc_bench.provision.report.run_document import RunDocument

RUN_SCHEMA = "run-1.json"
TROUBLE_SCHEMA = "bundle-2.json"


def run_schema() -> str:
    """The schema, as the file has it."""
    return json.dumps(RunDocument.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False) + "\n"


def trouble_schema() -> str:
    """The schema of a bundle without a chip, as the file has it."""
    schema = TroubleBundle.model_json_schema(mode="serialization")
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the files into the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    (folder / RUN_SCHEMA).write_text(run_schema(), encoding="utf-8")
    (folder / TROUBLE_SCHEMA).write_text(trouble_schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
