#!/usr/bin/env python3
"""core_report.py DIRECTORY JMH.json...: writes bench-core.csv, bench-core.svg and the tables of bench-core.md."""

import json
import statistics
import sys
from pathlib import Path

import chart
import machine

PATHS = ["direct", "bundled", "task", "reentrantlock", "synchronized", "mpsc"]
LIMIT_NS = 5.0


def flat(metric):
    return [value for fork in metric["rawData"] for value in fork]


def read(files):
    """
    {(producers, path, batch): {"wall", "cpu": (median, least, most), "bytes": median}}, all for one frame. The median of
    the wall time is that of the quietest pass: other work on the machine only ever adds. Least and most, and all of the CPU
    time, are over all iterations of all passes.
    """
    passes = {}
    for file in files:
        for run in json.load(open(file)):
            path, batch, producers = run["params"]["path"], int(run["params"]["batch"]), run["threads"]
            frames = batch * producers  # the score is the time of one call on each thread; they overlap
            more = run["secondaryMetrics"]
            wall = [value / frames for value in flat(run["primaryMetric"])]
            cpu = [ns / sent for ns, sent in zip(flat(more["cpuNs"]), flat(more["frames"])) if ns > 0 and sent > 0]
            garbage = [value / batch for value in flat(more["gc.alloc.rate.norm"])]
            passes.setdefault((producers, path, batch), []).append((wall, cpu, garbage))
    cells = {}
    for key, measured in passes.items():
        wall, cpu, garbage = (sum(lists, []) for lists in zip(*measured))
        quietest = min(statistics.median(one) for one, _, _ in measured)
        cells[key] = {
            "wall": (quietest, min(wall), max(wall)),
            "cpu": (statistics.median(cpu), min(cpu), max(cpu)),
            "bytes": statistics.median(garbage),
        }
    return cells


def table(title, cells, producers, batches, text):
    yield f"\n{title}, {producers} producer{'s' if producers > 1 else ''}:\n"
    yield "| batch | " + " | ".join(PATHS) + " |"
    yield "| ---: |" + " ---: |" * len(PATHS)
    for batch in batches:
        row = (cells.get((producers, path, batch)) for path in PATHS)
        yield f"| {batch} | " + " | ".join(text(cell) if cell else "" for cell in row) + " |"


def tables(cells, batches):
    def spread(key):
        return lambda cell: "{:.2f} ({:.2f} – {:.2f})".format(*cell[key])

    for producers in (1, 2):
        yield from table("CPU time of all threads, ns a frame", cells, producers, batches, spread("cpu"))
        yield from table("Wall time, ns a frame", cells, producers, batches, spread("wall"))
        yield from table("Garbage, B a frame", cells, producers, batches, lambda cell: f"{cell['bytes']:.3f}")
    yield ""


def head(files):
    """One line: machine and method."""
    run = json.load(open(files[0]))[0]
    collector = next((arg for arg in run["jvmArgs"] if arg.startswith("-XX:+Use")), "default collector")
    return (
        f"{machine.cpu()}; {machine.kernel()}; JDK {run['vmVersion']}, {collector}; JMH {run['jmhVersion']}, "
        f"{len(files)} passes of {run['measurementIterations']} × {run['measurementTime']} each, "
        f"after {run['warmupIterations']} × {run['warmupTime']} of warm-up. Median (least – most of all iterations); "
        "for wall time, which other work on the machine lengthens, the median of the quietest pass.\n"
    )


def main():
    target, files = Path(sys.argv[1]), sys.argv[2:]
    cells = read(files)
    batches = sorted({batch for _, _, batch in cells})
    with open(target / "bench-core.csv", "w") as csv:
        csv.write("producers,path,batch,cpu_median,cpu_least,cpu_most,wall_median,wall_least,wall_most,bytes\n")
        for (producers, path, batch), cell in sorted(cells.items()):
            numbers = [*cell["cpu"], *cell["wall"], cell["bytes"]]
            csv.write(f"{producers},{path},{batch}," + ",".join(f"{v:.3f}" for v in numbers) + "\n")
    panels = [
        (
            f"{producers} producer{'s' if producers > 1 else ''}",
            {
                path: [cells[producers, path, b]["cpu"] if (producers, path, b) in cells else None for b in batches]
                for path in PATHS
            },
        )
        for producers in (1, 2)
    ]
    title = "What the core costs a frame: CPU time of all threads"
    text = chart.lines(title, panels, batches, "frames in a batch", "CPU ns a frame", (LIMIT_NS, "5 ns"))
    (target / "bench-core.svg").write_text(text)
    measured = "\n".join([head(files), *tables(cells, batches)])
    chart.put_measured(target / "bench-core.md", "What the core costs a frame", "bench-core.svg", measured)
    print(measured)


main()
