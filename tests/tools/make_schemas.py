"""Writes the JSON schemas of documents: python -m tests.tools.make_schemas resources/schemas"""

import argparse
import json
from pathlib import Path

from pydantic import BaseModel

from atecc_bench.diagnose.bundle.trouble_bundle import TroubleBundle
from atecc_bench.provision.report.run_document import RunDocument
from atecc_bench.workflows.silicon.report_document import SiliconReport

RUN_SCHEMA, TROUBLE_SCHEMA, SILICON_SCHEMA = "run-1.json", "bundle-2.json", "silicon-1.json"


def run_schema() -> str:
    """The schema of a run's document, as the file has it."""
    return _schema(RunDocument)


def silicon_schema() -> str:
    """The schema of the report of a silicon check, as the file has it."""
    return _schema(SiliconReport)


def _schema(model: type[BaseModel]) -> str:
    return json.dumps(model.model_json_schema(mode="serialization"), indent=2, ensure_ascii=False) + "\n"


def trouble_schema() -> str:
    """The schema of a bundle without a chip, as the file has it."""
    return _schema(TroubleBundle)


def main() -> None:
    """Write the files into the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    (folder / RUN_SCHEMA).write_text(run_schema(), encoding="utf-8")
    (folder / TROUBLE_SCHEMA).write_text(trouble_schema(), encoding="utf-8")
    (folder / SILICON_SCHEMA).write_text(silicon_schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
