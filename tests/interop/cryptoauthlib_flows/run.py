"""Runs the flows of one module over a serial device and prints what became of each, as JSON.

python run.py DEVICE MODULE
"""

import importlib
import json
import sys
import traceback

from client import Client

device, module_name = sys.argv[1:]
module = importlib.import_module(module_name)
client = Client(device, getattr(module, "DEVICE_TYPE", "ATECC608"))
results: dict[str, str] = {}
for name, flow in list(vars(module).items()):
    if name.startswith("flow_"):
        try:
            flow(client)
            results[name] = "done"
        except Exception:  # noqa: BLE001 - reported as it is
            results[name] = traceback.format_exc()
client.release()
print(json.dumps(results))
