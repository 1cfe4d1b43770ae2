"""Reads [{"template": name, "text": text}, …] and prints the rows of each, or {"error": text}; keys in lower case."""

import json
import pathlib
import sys

import ntc_templates
import textfsm

FOLDER = pathlib.Path(ntc_templates.__file__).parent / "templates"


def rows(template, text):
    with open(FOLDER / f"{template}.textfsm", encoding="utf-8") as source:
        table = textfsm.TextFSM(source)
    try:
        found = table.ParseText(text)
    except textfsm.TextFSMError as error:
        return {"error": str(error)}
    names = [name.lower() for name in table.header]
    return [dict(zip(names, row)) for row in found]


print(json.dumps([rows(job["template"], job["text"]) for job in json.load(sys.stdin)]))
