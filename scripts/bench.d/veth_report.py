"""Results of scripts/bench veth: CSV, SVG and a Markdown page. A part that was not run keeps its rows of the last run."""

import csv
import statistics
import subprocess

import chart
import machine

NAME = "bench-veth"
QUIET_CORES = 0.15


def write(docs, rows, a):
    docs.mkdir(parents=True, exist_ok=True)
    path = docs / f"{NAME}.csv"
    parts = {row["part"] for row in rows}
    old = []
    if path.exists():
        with open(path, newline="") as text:
            old = [row for row in csv.DictReader(text) if a.append or row["part"] not in parts]
    rows = old + [{k: f"{v:.6g}" if isinstance(v, float) else str(v) for k, v in row.items()} for row in _renumbered(rows, old)]
    names = list(dict.fromkeys(k for row in rows for k in row))
    with open(path, "w", newline="") as text:
        writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    quiet = [row for row in rows if float(row.get("foreign_cores") or 0) < QUIET_CORES]
    left_out, rows = len(rows) - len(quiet), quiet
    rate = [row for row in rows if row["part"] == "rate"]
    if rate:
        (docs / f"{NAME}.svg").write_text(_picture(rate))
    measured = [
        f"{machine.cpu()}; {machine.kernel()}; JDK {machine.java()}; {_versions()}. Interleaved rounds, median (least – most). Other "
        f"work took {_cell(_values(rows, 'foreign_cores'), '{:.2f}')} cores; {left_out} trials in which it took more are left out.", ""]
    for part, table in (("rate", _rate), ("tcp", _tcp), ("latency", _latency), ("zeroloss", _zeroloss), ("startup", _startup),
                        ("soak", _soak)):
        some = [row for row in rows if row["part"] == part]
        if some:
            measured += table(some) + [""]
    chart.put_measured(docs / f"{NAME}.md", "Side by side on veth", f"{NAME}.svg", "\n".join(measured))


def _renumbered(rows, old):
    """Rounds go on where those of earlier runs of the same kind ended."""

    def kind(row):
        return tuple(str(row.get(key, "")) for key in ("part", "size", "ways", "load", "offloads"))

    last = {}
    for row in old:
        last[kind(row)] = max(last.get(kind(row), 0), int(row["round"]))
    return [{**row, "round": row["round"] + last.get(kind(row), 0)} for row in rows]


def _ratio(rows, peer, best):
    """To another device in the same round, each round by itself: the machine drifts between them."""
    rounds = {r["round"]: float(r["mpps"]) for r in rows if r["peer"] == best}
    pairs = [float(r["mpps"]) / rounds[r["round"]] for r in rows if r["peer"] == peer and rounds.get(r["round"])]
    return _cell(pairs, "{:.2f}")


def _versions():
    commands = {"netsniff-ng": ["netsniff-ng", "--version"], "testpmd": ["dpkg-query", "-W", "-f", "DPDK ${Version}", "dpdk"],
                "tcpbridge": ["tcpbridge", "--version"]}
    found = []
    for command in commands.values():
        out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout.strip()
        found.append(out.splitlines()[0].strip() if out else "")
    return ", ".join(line for line in found if line)


def _unique(rows, key):
    return list(dict.fromkeys(row[key] for row in rows))


def _values(rows, key, **where):
    return [float(r[key]) for r in rows if r.get(key) not in (None, "") and all(r.get(k) == v for k, v in where.items())]


def _cell(values, form="{:.3f}"):
    if not values:
        return ""
    return f"{form.format(statistics.median(values))} ({form.format(min(values))} – {form.format(max(values))})"


def _median(values):
    return statistics.median(values) if values else 0


def _picture(rate):
    panels = []
    sizes = sorted(_unique(rate, "size"), key=int)
    for ways, title in (("1", "one way"), ("2", "both ways, sum")):
        series = {}
        for peer in _unique(rate, "peer"):
            line = []
            for size in sizes:
                v = _values(rate, "mpps", peer=peer, size=size, ways=ways)
                line.append((statistics.median(v), min(v), max(v)) if v and min(v) > 0 else None)
            if any(line):
                series[peer] = line
        if series:
            panels.append((title, series))
    return chart.lines("Mpps at the sink, overload, one core", panels, sizes, "bytes of a frame, with FCS", "Mpps")


def _rate(rows):
    out = ["## Rate", "", "| bytes | ways | device under test | Mpps at the sink | to the best C tool | loss | CPU ns a frame: user, system, softirq |",
           "| ---: | ---: | --- | ---: | ---: | ---: | ---: |"]
    for size in sorted(_unique(rows, "size"), key=int):
        for ways in sorted(_unique(rows, "ways")):
            here = [r for r in rows if r["size"] == size and r["ways"] == ways]
            rivals = _unique([r for r in here if r["kind"] == "c"] or here, "peer")
            best = max(rivals, key=lambda p: _median(_values(here, "mpps", peer=p)))
            for peer in sorted(_unique(here, "peer"), key=lambda p: -_median(_values(here, "mpps", peer=p))):
                mpps = _values(here, "mpps", peer=peer)
                cpu = ", ".join(f"{_median(_values(here, k, peer=peer)):.0f}" for k in ("user_ns", "system_ns", "softirq_ns"))
                out.append(f"| {size} | {ways} | {peer} | {_cell(mpps)} | {_ratio(here, peer, best)} | "
                           f"{100 * _median(_values(here, 'loss', peer=peer)):.1f} % | {cpu} |")
    runs = len(_unique([r for r in rows if r["ways"] == "1"] or rows, "round"))
    return [*out, "", f"{runs} rounds one way; ratios are those of each round."]


def _tcp(rows):
    out = ["## TCP, one stream", "", "| offloads | device under test | Gbit/s | to the Linux bridge | retransmits |", "| --- | --- | ---: | ---: | ---: |"]
    for on in _unique(rows, "offloads"):
        reference = _median(_values(rows, "gbps", offloads=on, peer="linux-bridge"))
        for peer in _unique(rows, "peer"):
            gbps = _values(rows, "gbps", offloads=on, peer=peer)
            ratio = f"{_median(gbps) / reference:.2f}" if reference else ""
            out.append(f"| {on} | {peer} | {_cell(gbps, '{:.1f}')} | {ratio} | {_cell(_values(rows, 'retransmits', offloads=on, peer=peer), '{:.0f}')} |")
    return out


def _latency(rows):
    out = ["## Latency", "", "A probe frame every 10 ms, from its stamp to the stamp of the sink's kernel; ping: there and back, every 10 ms. Microseconds.", "",
           "| load | device under test | p50 | p99 | probes lost |", "| --- | --- | ---: | ---: | ---: |"]
    for load in _unique(rows, "load"):
        for peer in _unique(rows, "peer"):
            p50 = _values(rows, "p50_us", load=load, peer=peer)
            if p50:
                out.append(f"| {load} | {peer} | {_cell(p50, '{:.0f}')} | {_cell(_values(rows, 'p99_us', load=load, peer=peer), '{:.0f}')} | "
                           f"{sum(_values(rows, 'lost', load=load, peer=peer)):.0f} |")
    return out


def _zeroloss(rows):
    out = ["## Highest rate without loss (RFC 2544), 64 bytes", "", "| device under test | Mpps | seconds of a trial |", "| --- | ---: | ---: |"]
    return out + [f"| {r['peer']} | {float(r['mpps']):.3f} | {float(r['trial_seconds']):g} |" for r in rows]


def _startup(rows):
    return ["## Start-up", "", "| | |", "| --- | ---: |",
            f"| exec to `ready:`, ms | {_cell(_values(rows, 'ready_ms'), '{:.0f}')} |",
            f"| exec to the first frame forwarded, ms | {_cell(_values(rows, 'first_frame_ms'), '{:.0f}')} |",
            f"| frames of the first second at half load | {_cell(_values(rows, 'offered'), '{:.0f}')} |",
            f"| of them lost | {_cell(_values(rows, 'lost_first_second'), '{:.0f}')} |"]


def _soak(rows):
    r = rows[-1]
    return ["## Full load for long", "", f"{float(r['seconds']):g} s at {float(r['mpps']):.3f} Mpps: {r['collections']} collections, RSS "
            f"{float(r['rss_begin_mib']):.0f} MiB at the beginning and {float(r['rss_end_mib']):.0f} MiB at the end, `unaccounted {r['unaccounted']}`."]
