"""PEM as it stands in sources, documents, shells and mails."""

import json
from collections.abc import Callable, Mapping


def _each(change: Callable[[str], str], joint: str = "\n") -> Callable[[str], str]:
    return lambda pem: joint.join(change(line) for line in pem.strip().split("\n"))


WRAPPINGS: Mapping[str, Callable[[str], str]] = {
    "C string of lines": lambda pem: "const char pem[] =\n" + _each(lambda x: f'    "{x}\\n"')(pem) + ";",
    "C string, escaped ends": lambda pem: 'const char pem[] = "' + _each(str, "\\n\\\n")(pem) + '";',
    "C++ raw string": lambda pem: f'R"EOF(\n{pem})EOF";',
    "strings added": _each(lambda x: f"'{x}\\n'", " +\n"),
    "JSON": lambda pem: json.dumps({"certificatePem": pem}),
    "JSON in JSON": lambda pem: json.dumps(json.dumps({"certificatePem": pem})),
    "YAML": lambda pem: "pem: |\n" + _each(lambda x: f"  {x}")(pem),
    "here-document": lambda pem: f"cat > device.pem <<EOF\n{pem}EOF\n",
    "echo lines": _each(lambda x: f'echo "{x}" >> device.pem'),
    "echo lines, bare": _each(lambda x: f"$ echo {x} >> device.pem"),
    "mail": _each(lambda x: f"> {x}"),
    "mail, twice": _each(lambda x: f"> > {x}"),
    "one line": _each(str, " "),
    "HTML": _each(str, "<br>"),
    "XML": lambda pem: f"<cert>{pem}</cert>",
    "serial monitor": _each(lambda x: f"12:03:44.001 -> {x}"),
    "dashes of a word processor": lambda pem: pem.replace("-----", "\u2014\u2014-"),
    "smart quotes": _each(lambda x: f"\u201c{x}\\n\u201d"),
    "carriage returns": _each(str, "\r\n"),
    "non-breaking spaces": _each(lambda x: f"\u00a0\u00a0{x}"),
    "byte order mark": lambda pem: "\ufeff" + pem,
    "tabs": _each(lambda x: f"\t{x}"),
}
