#!/usr/bin/env python3
"""start_policies.py measure ...: one line of JSON; start_policies.py report RESULTS DIRECTORY: table and plot."""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

import chart
import machine

MODES = ["direct", "bundled", "task"]
LOADS = {"over": "overload", "full": "one trafgen", "low": "20 kpps"}
COLUMNS = [
    ("offered_mpps", "Mpps offered", 3),
    ("mpps", "Mpps at the sink", 3),
    ("cores", "CPU of the forwarder, cores", 2),
    ("ns_per_frame", "its CPU ns a frame", 0),
    ("ping_p50_us", "ping p50, µs", 0),
    ("ping_p99_us", "ping p99, µs", 0),
    ("ping_lost", "pings lost, share", 3),
]
TICKS = os.sysconf("SC_CLK_TCK")
PING_INTERVAL_S = 0.002


def counter(namespace, device, direction):
    out = subprocess.check_output(["ip", "-n", namespace, "-s", "-j", "link", "show", "dev", device])
    return json.loads(out)[0]["stats64"][direction]["packets"]


def thread_seconds(pid):
    """{thread name: CPU seconds}; threads of one name are added up."""
    seconds = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            head, _, tail = (task / "stat").read_text().rpartition(")")
        except OSError:
            continue  # it has just ended
        fields = tail.split()
        name = head.partition("(")[2]
        seconds[name] = seconds.get(name, 0) + (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


def foreign_seconds(own):
    """CPU seconds of all processes that are no part of the measurement; the kernel's threads work for it, mostly."""
    processes, children = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            processes[int(entry.name)] = (int(fields[11]) + int(fields[12])) / TICKS
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    left_out = [*own, 2]
    for pid in left_out:
        left_out += children.get(pid, [])
    return {pid: s for pid, s in processes.items() if pid not in left_out}


def busy_since(before, after):
    return sum(s - before.get(pid, 0) for pid, s in after.items())


def await_idle():
    while True:
        before = foreign_seconds([os.getpid()])
        time.sleep(1)
        if busy_since(before, foreign_seconds([os.getpid()])) < 0.2:
            return


def measure(args):
    own = [args.pid, args.load_pid, os.getpid()]
    foreign = foreign_seconds(own)
    count = int(args.seconds / PING_INTERVAL_S)
    ping = ["ip", "netns", "exec", args.gen, "timeout", str(args.seconds + 10)]
    ping += ["ping", "-n", "-i", str(PING_INTERVAL_S), "-c", str(count), "-W", "1", args.to]
    began = time.monotonic()
    offered, arrived, cpu = counter(args.gen, "g0", "tx"), counter(args.sink, "s0", "rx"), thread_seconds(args.pid)
    pinging = subprocess.Popen(ping, stdout=subprocess.PIPE, text=True)
    time.sleep(args.seconds)
    arrived = counter(args.sink, "s0", "rx") - arrived
    offered = counter(args.gen, "g0", "tx") - offered
    cpu = {name: s - cpu.get(name, 0) for name, s in thread_seconds(args.pid).items()}
    passed = time.monotonic() - began
    foreign = busy_since(foreign, foreign_seconds(own)) / passed
    times = sorted(float(t) * 1000 for t in re.findall(r"time=([\d.]+) ms", pinging.communicate()[0]))
    cores = sum(cpu.values()) / passed
    print(
        json.dumps(
            {
                "mode": args.mode,
                "load": args.load,
                "seconds": args.seconds,
                "offered_mpps": round(offered / passed / 1e6, 4),
                "mpps": round(arrived / passed / 1e6, 4),
                "cores": round(cores, 3),
                "ns_per_frame": round(cores * passed / arrived * 1e9) if arrived else None,
                "ping_p50_us": round(times[len(times) // 2]) if times else None,
                "ping_p99_us": round(times[len(times) * 99 // 100]) if times else None,
                "ping_lost": round(1 - len(times) / count, 3),
                "threads": {n: round(s / passed, 3) for n, s in sorted(cpu.items()) if s / passed >= 0.01},
                "foreign_cores": round(foreign, 2),
            }
        )
    )


def spread(runs, key, digits):
    values = [run[key] for run in runs if run[key] is not None]
    if not values:
        return "–"
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} – {max(values):.{digits}f})"


def relative(rounds, key, mode):
    """The mode against direct, round by round, in per cent."""
    pairs = [(a[key], b[key]) for a, b in zip(rounds["direct"], rounds[mode]) if a[key] and b[key]]
    changes = [100 * (b / a - 1) for a, b in pairs]
    return f"{statistics.median(changes):+.0f} % ({min(changes):+.0f} – {max(changes):+.0f})"


def tables(runs):
    over, low = ({m: [r for r in runs if r["mode"] == m and r["load"] == load] for m in MODES} for load in ("over", "low"))
    yield "| | " + " | ".join(MODES) + " |\n| --- |" + " ---: |" * 3
    for load, words in LOADS.items():
        by_mode = {mode: [r for r in runs if r["mode"] == mode and r["load"] == load] for mode in MODES}
        for key, unit, digits in COLUMNS:
            yield f"| {words}: {unit} | " + " | ".join(spread(by_mode[mode], key, digits) for mode in MODES) + " |"
    yield "\nAgainst direct, pair by pair of the same round:\n"
    yield "| | bundled | task |\n| --- | ---: | ---: |"
    yield f"| rate in overload | {relative(over, 'mpps', 'bundled')} | {relative(over, 'mpps', 'task')} |"
    yield "| the seed's author, 2015 | +5 to +10 % | about −30 % |"
    yield f"| CPU a frame in overload | {relative(over, 'ns_per_frame', 'bundled')} | {relative(over, 'ns_per_frame', 'task')} |"
    yield f"| CPU at 20 kpps | {relative(low, 'cores', 'bundled')} | {relative(low, 'cores', 'task')} |"
    yield f"| ping p50 at 20 kpps | {relative(low, 'ping_p50_us', 'bundled')} | {relative(low, 'ping_p50_us', 'task')} |"
    yield "\nWhere the CPU time goes in overload, in cores (median run of each):\n"
    for mode in MODES:
        middle = sorted(over[mode], key=lambda run: run["mpps"])[len(over[mode]) // 2]
        yield f"- {mode}: " + ", ".join(f"`{n}` {c:.2f}" for n, c in sorted(middle["threads"].items(), key=lambda t: -t[1])[:5])


def report(results, directory):
    runs = [json.loads(line) for line in open(results)]
    rounds = len(runs) // (len(LOADS) * len(MODES))
    foreign = [run["foreign_cores"] for run in runs]
    head = (
        f"{machine.cpu()}; {machine.kernel()}; JDK {machine.java()}; {rounds} rounds of {runs[0]['seconds']:g} s; "
        f"other work took {statistics.median(foreign):.2f} cores of the machine meanwhile ({min(foreign)} – {max(foreign)}). "
        "Median (least – most).\n"
    )
    measured = "\n".join([head, *tables(runs), ""])
    panels = [
        (title, {mode: [r[key] for r in runs if r["mode"] == mode and r["load"] == load and r[key] is not None] for mode in MODES})
        for title, load, key in [
            ("overload: Mpps", "over", "mpps"),
            ("one trafgen: Mpps", "full", "mpps"),
            ("one trafgen: ping p50, µs", "full", "ping_p50_us"),
            ("20 kpps: ping p50, µs", "low", "ping_p50_us"),
            ("20 kpps: CPU, cores", "low", "cores"),
        ]
    ]
    (directory / "bench-start-policies.svg").write_text(chart.dots("Start policies on AF_PACKET, each round a dot", panels))
    (directory / "bench-start-policies.jsonl").write_text(Path(results).read_text())
    chart.put_measured(directory / "bench-start-policies.md", "Start policies on the real path", "bench-start-policies.svg", measured)
    print(measured)


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("measure")
    one.add_argument("--seconds", type=float, required=True)
    one.add_argument("--pid", type=int, required=True)
    one.add_argument("--load-pid", type=int, required=True)
    for name in ("mode", "load", "gen", "sink", "to"):
        one.add_argument("--" + name, required=True)
    commands.add_parser("await-idle")
    all_of_them = commands.add_parser("report")
    all_of_them.add_argument("results")
    all_of_them.add_argument("directory", type=Path)
    args = parser.parse_args()
    if args.command == "measure":
        measure(args)
    elif args.command == "await-idle":
        await_idle()
    else:
        report(args.results, args.directory)


sys.exit(main())
