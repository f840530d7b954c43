"""The measuring half of scripts/bench startup; runs in a network namespace of its own, which ends with it."""

import argparse
import csv
import os
import pathlib
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import chart
import machine

NAME = "bench-startup"
FRAME = bytes.fromhex("020000000005" "020000000001" "88b5") + b"\x5a" * 46
ETH_P_ALL, PACKET_OUTGOING = 3, 4


def quietly(*command, check=True):
    subprocess.run(command, check=check, timeout=30, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_pairs():
    """a0 === a1 :ifqd: b1 === b0. NAPI on a1, which the generator needs; no IPv6, so that only our frames pass."""
    pathlib.Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")
    quietly("mount", "-t", "sysfs", "sysfs", "/sys")  # of this network namespace
    for near, far in (("a0", "a1"), ("b0", "b1")):
        quietly("ip", "link", "add", near, "type", "veth", "peer", "name", far)
    for name in ("a0", "a1", "b0", "b1"):
        quietly("ethtool", "-K", name, "tso", "off", "gso", "off", "tx", "off", "rx", "off", check=False)
        quietly("ip", "link", "set", name, "up")
    quietly("ethtool", "-K", "a1", "gro", "on")


def counter(name, what):
    return int(pathlib.Path(f"/sys/class/net/{name}/statistics/{what}_packets").read_text())


class Forwarder:
    def __init__(self, launcher, options, scratch):
        environment = {**os.environ, **options}
        self.output = tempfile.TemporaryFile()
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [launcher, "bridge", "a1", "b1", "--backend", "af_packet", "--control", f"{scratch}/control.sock"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.output, env=environment, start_new_session=True)

    def await_ready(self):
        """Milliseconds from exec to `ready:`."""
        end = time.monotonic() + 30
        text = b""
        while b"ready:" not in text:
            if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                raise RuntimeError("not ready in 30 s")
            more = os.read(self.process.stdout.fileno(), 4096)
            if not more:
                self.output.seek(0)
                raise RuntimeError(self.output.read().decode(errors="replace").strip()[-300:] or "ended before it was ready")
            text += more
        return 1000 * (time.monotonic() - self.began)

    def stop(self):
        """Its books have to balance, or the run does not count."""
        self.process.send_signal(signal.SIGTERM)
        try:
            out = self.process.communicate(timeout=20)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise RuntimeError("did not stop in 20 s") from None
        if b"\nunaccounted 0\n" not in out:
            raise RuntimeError("cannot account for every frame")


def first_frame(launcher, options, scratch):
    """(ms to `ready:`, ms to the first frame at the other end), while a frame comes every millisecond."""
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    sender.bind(("a0", 0))
    receiver = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    receiver.bind(("b0", ETH_P_ALL))
    receiver.settimeout(30)
    done = threading.Event()

    def send():
        while not done.wait(0.001):
            sender.send(FRAME)

    forwarder = Forwarder(launcher, options, scratch)
    thread = threading.Thread(target=send)
    thread.start()
    try:
        arrived = []

        def receive():
            while True:
                data, address = receiver.recvfrom(2048)
                if data == FRAME and address[2] != PACKET_OUTGOING:
                    arrived.append(1000 * (time.monotonic() - forwarder.began))
                    return

        listener = threading.Thread(target=receive, daemon=True)
        listener.start()
        ready = forwarder.await_ready()
        listener.join(30)
        if not arrived:
            raise RuntimeError("no frame came through")
        forwarder.stop()
        return ready, arrived[0]
    finally:
        done.set()
        thread.join()
        sender.close()
        receiver.close()


def first_second(launcher, options, scratch, generator, pps):
    """(offered, lost) of one second of load that begins with `ready:`."""
    forwarder = Forwarder(launcher, options, scratch)
    forwarder.await_ready()
    before = counter("a0", "tx"), counter("b0", "rx")
    quietly("taskset", "-c", "0", generator, "a0", "64", "1", str(pps))
    time.sleep(0.3)
    offered, arrived = counter("a0", "tx") - before[0], counter("b0", "rx") - before[1]
    forwarder.stop()
    return offered, offered - arrived


def cell(values, digits=0):
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f} – {max(values):,.{digits}f})" if values else ""


def report(docs, rows, a):
    docs.mkdir(parents=True, exist_ok=True)
    with open(docs / f"{NAME}.csv", "w", newline="") as text:
        writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    names = list(dict.fromkeys(row["variant"] for row in rows))
    columns = {name: [row for row in rows if row["variant"] == name] for name in names}
    lines = [
        f"{machine.cpu()}; {machine.kernel()}; JDK {machine.java()}; {a.rounds} interleaved rounds. Median (least – most).", "",
        f"| | exec to `ready:`, ms | exec to the first frame forwarded, ms | lost of the first second at {a.load / 1e6:g} Mpps, frames |",
        "| --- | ---: | ---: | ---: |"]
    for name, some in columns.items():
        cells = (cell([row[key] for row in some]) for key in ("ready_ms", "first_frame_ms", "lost"))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    if a.load:
        shares = [100 * row["offered"] / a.load for row in rows]
        lines += ["", f"Of the load asked for, the generator offered {min(shares):.0f} to {max(shares):.0f} %."]
    panels = [(title, {name: [row[key] for row in some] for name, some in columns.items()})
              for title, key in (("ready:, ms", "ready_ms"), ("first frame, ms", "first_frame_ms"), ("lost, first second", "lost"))]
    (docs / f"{NAME}.svg").write_text(chart.dots("Start-up, each run a dot", panels))
    chart.put_measured(docs / f"{NAME}.md", "Start-up", f"{NAME}.svg", "\n".join([*lines, ""]))
    print("\n".join(lines))


def arguments():
    p = machine.Arguments(prog="scripts/bench startup", description="From exec to the first forwarded frame; warm-up loss.")
    p.add_argument("--rounds", type=int, default=7, help="interleaved rounds (default %(default)s)")
    p.add_argument("--quick", action="store_true", help="two rounds; the report goes to forwarder/target")
    p.add_argument("--load", type=float, default=400000, metavar="PPS", help="of the first second; 0: none (default %(default)g)")
    p.add_argument("--variant", action="append", default=[], metavar="NAME=JAVA-OPTIONS",
                   help="one more, with these options of the JVM instead of the AOT cache; again for more")
    for hidden in ("--launcher", "--generator", "--docs"):
        p.add_argument(hidden, help=argparse.SUPPRESS)
    p.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    a = p.parse_args()
    if not (1 <= a.rounds <= 100 and 0 <= a.load <= 1e7):
        p.error("--rounds 1..100, --load 0..1e7")
    if not all("=" in variant for variant in a.variant):
        p.error("--variant: NAME=JAVA-OPTIONS, for example 'C1 only=-XX:TieredStopAtLevel=1'")
    if a.quick:
        a.rounds = 2
    return a


def main():
    a = arguments()
    if a.check:
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    make_pairs()
    variants = {"AOT cache": {}, "no AOT cache": {"IFQD_AOT": "off"}}
    for name, _, options in (variant.partition("=") for variant in a.variant):
        variants[name] = {"IFQD_AOT": "off", "IFQD_JAVA_OPTS": options}
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(1, a.rounds + 1):
            for name, options in variants.items():
                ready, first = first_frame(a.launcher, options, scratch)
                offered, lost = first_second(a.launcher, options, scratch, a.generator, a.load) if a.load else (0, 0)
                rows.append({"variant": name, "round": number, "ready_ms": round(ready, 1), "first_frame_ms": round(first, 1),
                             "offered": offered, "lost": lost})
                print(*(f"{key}={value}" for key, value in rows[-1].items()), flush=True)
    report(pathlib.Path(a.docs), rows, a)


if __name__ == "__main__":
    try:
        main()
    except (RuntimeError, OSError, subprocess.SubprocessError) as e:
        sys.exit(f"scripts/bench startup: {e}")  # what still runs ends with the namespace of processes
