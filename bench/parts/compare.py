"""Beside the last record: what changed by how much, and whether that is more than noise; and ratios to the floors as a picture."""
import glob
import json
import os

NOISE = 0.12  # on a machine that is shared, two runs of the same program differ by so much
LESS_IS_BETTER = ("_ms", "cpu_us", "cpu_against", "bytes", "seconds", "memory", "p99", "p50", "dearer")
LESS_IS_BETTER_AT_THE_END = ("_us", "_s")
SETTINGS = {"answer_bytes", "products", "connections", "rate", "batch", "seconds_each"}
BAR = 40


def flat(results, prefix=""):
    """{"get.kontor.cpu_us": 7.8, …}: the figures of a record, without settings and counts of statuses."""
    found = {}
    for name, value in results.items():
        if isinstance(value, dict):
            if name != "statuses":
                found.update(flat(value, prefix + name + "."))
        elif isinstance(value, (int, float)) and name not in SETTINGS:
            found[prefix + name] = float(value)
    return found


def latest(folder, machine):
    """Every figure's latest record on the same machine: {name: (value, file)}; records may be parts."""
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path, encoding="utf-8") as file:
            entry = json.load(file)
        if entry["machine"] != machine:
            continue
        for name, value in flat(entry["results"]).items():
            found[name] = (value, os.path.basename(path))
    return found


def less_is_better(name):
    return any(word in name for word in LESS_IS_BETTER) or name.endswith(LESS_IS_BETTER_AT_THE_END)


def compared(folder, machine, results):
    """Lines to print; the warnings are those that begin with "  WORSE"."""
    before, lines = latest(folder, machine), []
    for name, value in flat(results).items():
        if name not in before or before[name][0] == 0:
            continue
        old, source = before[name]
        change = value / old - 1
        worse = change > 0 if less_is_better(name) else change < 0
        mark = "  " if abs(change) <= NOISE else "  WORSE " if worse else "  better "
        lines.append(f"{mark:9} {name:36} {old:12.3f} -> {value:12.3f}  {change:+7.1%}   {source}")
    return lines or ["  nothing of this was recorded on this machine before"]


def picture(results):
    """Ratios to the floors of the same run: the floor is the whole bar."""
    rows = []
    if "get" in results:
        rows.append(("GET product / bare epoll", results["get"]["rate_against_floor"]))
        rows.append(("GET product / nginx", results["get"]["kontor"]["per_second"] / results["get"]["nginx"]["per_second"]))
    if "html" in results.get("pages", {}):
        html = results["pages"]["html"]
        rows.append(("product page / nginx", html["kontor"]["per_second"] / html["nginx"]["per_second"]))
    if "rate_against_sqlite" in results.get("checkout", {}):
        rows.append(("checkout / bare SQLite", results["checkout"]["rate_against_sqlite"]))
    if "checkout_postgres" in results:
        rows.append(("checkout / pgbench", results["checkout_postgres"]["rate_against_pgbench"]))
    return [f"  {name:26} {'#' * min(round(ratio * BAR), 2 * BAR):{BAR}}| {ratio:.2f}" for name, ratio in rows]
