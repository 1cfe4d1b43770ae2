"""Runs Python's textfsm and clitable: one JSON request a line on standard input, one JSON answer a line on standard output.

request: {"dir": folder, "names": "a.textfsm:b.textfsm", "texts": [text, ...]} or {"source": template, "texts": [...]};
         "repeat": times the first text that many times over
         or {"pattern": expression, "texts": [...]}
answer:  {"template_error": message} or {"results": [result, ...], "seconds": of them all, "best": of the rounds}
         {"pattern_error": message} or {"matches": [texts of all groups, or null, ...]}; a match that takes too long is "timeout"
result:  {"rows": dicts of the first template, "table": dicts of CliTable (with "dir")}, {"error": message, "kind": class} or {"timeout": true}
"""

import io
import json
import os
import re
import signal
import sys
import time
import warnings

warnings.simplefilter("ignore")

import textfsm  # noqa: E402
from textfsm import clitable  # noqa: E402

LIMIT_SECONDS = float(os.environ.get("LIMIT_SECONDS", "0.5"))
compiled = {}


class TimeIsUp(BaseException):
    pass


def on_alarm(_signal, _frame):
    raise TimeIsUp()


class CachedFsm:
    """What clitable calls for each text; compiles a template once."""

    def __new__(cls, template):
        path = template.name
        if path not in compiled:
            compiled[path] = textfsm.TextFSM(template)
        compiled[path].Reset()
        return compiled[path]


class Shim:
    TextFSM = CachedFsm


clitable.textfsm = Shim


def fsm_of(request):
    if "source" in request:
        return textfsm.TextFSM(io.StringIO(request["source"]))
    with open(os.path.join(request["dir"], request["names"].split(":")[0]), "r", encoding="utf-8") as template:
        return CachedFsm(template)


def table_of(request, text):
    table = clitable.CliTable(None, request["dir"])
    table.ParseCmd(text, templates=request["names"])
    return [{name.lower(): cell for name, cell in zip(table.header, row)} for row in table]


def parse(request, fsm, text):
    signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
    try:
        fsm.Reset()
        # Copies: cells are shared with the machine.
        result = {"rows": json.loads(json.dumps(fsm.ParseTextToDicts(text)))}
        if "dir" in request:
            result["table"] = table_of(request, text)
        return result
    except TimeIsUp:
        return {"timeout": True}
    except Exception as error:  # whatever it raises is its answer
        return {"error": str(error), "kind": type(error).__name__}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def match(pattern, text):
    signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
    try:
        found = pattern.match(text)
        return None if found is None else list(found.groups())
    except TimeIsUp:
        return "timeout"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answer_pattern(request):
    try:
        pattern = re.compile(request["pattern"])
    except (re.error, OverflowError, ValueError) as error:
        return {"pattern_error": str(error)}
    return {"matches": [match(pattern, text) for text in request["texts"]]}


def answer(request):
    if "pattern" in request:
        return answer_pattern(request)
    try:
        fsm = fsm_of(request)
    except Exception as error:  # whatever it raises is its answer
        return {"template_error": str(error), "kind": type(error).__name__}
    started = time.perf_counter()
    results = [parse(request, fsm, text) for text in request["texts"]]
    seconds = time.perf_counter() - started
    compiled.clear()
    return {"results": results, "seconds": seconds, "best": best_of(fsm, request)}


def best_of(fsm, request):
    """The shortest CPU time of several rounds over the first text; for the benchmark."""
    best = None
    for _ in range(request.get("repeat", 0)):
        fsm.Reset()
        started = time.process_time()
        fsm.ParseTextToDicts(request["texts"][0])
        seconds = time.process_time() - started
        best = seconds if best is None else min(best, seconds)
    return best


signal.signal(signal.SIGALRM, on_alarm)
for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
    sys.stdout.flush()
