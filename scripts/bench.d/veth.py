"""The parts of scripts/bench veth. Started by veth.sh, which has made the lab."""

import argparse
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import time

import machine
import veth_peers
import veth_report
from veth_lab import GENERATOR_CORE, PLACEMENTS, Lab, count, measure, undisturbed

PARTS = ["rate", "tcp", "latency", "zeroloss", "startup", "soak"]


def arguments():
    p = machine.Arguments(prog="scripts/bench veth", description="ifqd side by side with the C tools, on veth pairs.")
    p.add_argument("parts", nargs="*", metavar="PART", help=f"{' '.join(PARTS)} all (default: all but soak)")
    p.add_argument("--quick", action="store_true", help="two rounds, 64 bytes: to see that it works")
    p.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default %(default)s)")
    p.add_argument("--seconds", type=float, default=3, help="tcp: of a trial (default %(default)s)")
    p.add_argument("--turns", type=int, default=12, help="rate: turns of each device at each size (default %(default)s)")
    p.add_argument("--turn-seconds", type=float, default=0.5, help="rate: how long a turn is (default %(default)s)")
    p.add_argument("--sizes", default="64,512,1514", help="bytes of a frame with FCS (default %(default)s)")
    p.add_argument("--only", default="", metavar="NAME,...", help="these devices under test")
    p.add_argument("--ways", choices=["1", "2", "both"], default="both", help="rate: one way, both at once, or each (default both)")
    p.add_argument("--placement", choices=PLACEMENTS, default=PLACEMENTS[0],
                   help="rate: where the forwarder's receive path runs: on the sender's core, or moved to the forwarder's by RPS or by"
                        " threaded NAPI (default %(default)s)")
    p.add_argument("--append", action="store_true", help="rounds more for the report, not a new one of these parts")
    p.add_argument("--trial", type=float, default=10, help="zeroloss: seconds of a trial; RFC 2544 asks for 60 (default %(default)s)")
    p.add_argument("--soak-seconds", type=float, default=600, help="soak: how long (default %(default)s)")
    p.add_argument("--other", metavar="LAUNCHER", help="scripts/ifqd of another tree, as the device ifqd-other")
    for hidden in ("--scratch", "--dut", "--ifqd", "--docs"):
        p.add_argument(hidden, help=argparse.SUPPRESS)
    p.add_argument("--end", action="append", help=argparse.SUPPRESS)
    p.add_argument("--check", action="store_true", help=argparse.SUPPRESS)
    a = p.parse_args()
    unknown = set(a.parts) - set(PARTS) - {"all"}
    if unknown:
        p.error(f"no part '{unknown.pop()}'; there are: {' '.join(PARTS)} all")
    if not re.fullmatch(r"\d+(,\d+)*", a.sizes) or not all(64 <= int(s) <= 1518 for s in a.sizes.split(",")):
        p.error("--sizes: bytes between 64 and 1518, for example 64,512,1514")
    if not (1 <= a.turns <= 1000 and 0.1 <= a.turn_seconds <= 60):
        p.error("--turns 1..1000, --turn-seconds 0.1..60")
    if not (1 <= a.rounds <= 100 and 0.2 <= a.seconds <= 60 and 1 <= a.trial <= 600 and 1 <= a.soak_seconds <= 86400):
        p.error("--rounds 1..100, --seconds 0.2..60, --trial 1..600, --soak-seconds 1..86400")
    a.parts = PARTS if "all" in a.parts else a.parts or PARTS[:-1]
    if a.quick:
        a.rounds, a.turns, a.seconds, a.sizes, a.trial, a.soak_seconds = 2, 2, 1, "64", 2, 10
    return a


class Run:
    def __init__(self, a):
        self.a, self.lab = a, Lab(a.scratch, a.dut, a.end)
        self.peers = veth_peers.all_peers(a.ifqd, a.other)
        names = [name for name in a.only.split(",") if name]
        wrong = set(names) - {peer.name for peer in self.peers}
        if wrong:
            sys.exit(f"scripts/bench veth: no '{wrong.pop()}'; there are: {', '.join(p.name for p in self.peers)}")
        self.peers = [peer for peer in self.peers if not names or peer.name in names]
        self.rows, self.failures = [], 0

    def row(self, part, peer, round_number, **values):
        row = {"part": part, "peer": peer.name, "kind": peer.kind, "round": round_number, **values}
        self.rows.append(row)
        print(" ".join(f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in row.items()), flush=True)

    def each(self, part, peers, work):
        """A B C A B C: what else happens on the machine meets all alike."""

        def trial(peer, n):
            peer.up(self.lab)
            work(peer, n)
            peer.down(self.lab)

        for n in range(1, self.a.rounds + 1):
            for peer in peers:
                if not self.guarded(part, peer, lambda: trial(peer, n)):
                    self.lab.close()

    def rate(self):
        """All devices are up at once, each in a lab of its own, and all but one are stopped: turns are so short and so close to each
        other that the machine is as fast for one as for the next, which it is not for devices that are started in turn."""
        for both in {"1": (False,), "2": (True,), "both": (False, True)}[self.a.ways]:
            stands = []
            try:
                for peer in self.peers:
                    if not (peer.one_way and both):
                        self._stand(stands, peer, both)
                for n in range(1, self.a.turns + 1):
                    for size in map(int, self.a.sizes.split(",")):
                        for peer, lab in stands[:: 1 if n % 2 else -1]:
                            self.guarded("rate", peer, lambda: self._turn(peer, lab, n, size, both))
            finally:
                for peer, lab in stands:
                    self.guarded("rate", peer, lambda: self._clear(peer, lab))

    def _stand(self, stands, peer, both):
        lab = self.lab.another(f"{peer.name}-{2 if both else 1}")
        stands.append((peer, lab))

        def begin():
            lab.drop_at(True)
            lab.place(self.a.placement)
            peer.up(lab)
            measure(lab, 64, 0.1, both=both, settle=2)  # not counted: a JVM compiles, on the forwarder's core
            peer.pause()

        if not self.guarded("rate", peer, begin):
            stands.pop()
            lab.remove()

    @staticmethod
    def _clear(peer, lab):
        try:
            peer.go_on()
            peer.down(lab)
        finally:
            lab.remove()

    def _turn(self, peer, lab, n, size, both):
        try:
            peer.go_on()
            values = undisturbed(lambda: measure(lab, size, self.a.turn_seconds, both=both, settle=0.2))
        finally:
            peer.pause()
        self.row("rate", peer, n, size=size, ways=2 if both else 1, **values)

    def guarded(self, part, peer, work):
        """Whether it went well; if not, it is told and counted."""
        try:
            work()
            return True
        except (RuntimeError, OSError, subprocess.SubprocessError, ValueError) as e:
            print(f"{part} {peer.name}: {e}", file=sys.stderr, flush=True)
            self.failures += 1
            return False

    def tcp(self):
        self.lab.drop_at(False)
        peers = [p for p in self.peers if p.name in ("ifqd", "linux-bridge", "tc-mirred")]
        for on in (True, False):
            self.lab.offloads(on)
            self.each("tcp", peers, lambda peer, n: self._tcp(peer, n, on))
        self.lab.offloads(False)
        self.lab.take_generators()

    def _tcp(self, peer, n, on):
        self.row("tcp", peer, n, offloads="on" if on else "off", **undisturbed(self._iperf))

    def _iperf(self):
        gen, sink = self.lab.ends[0][0], self.lab.ends[1][0]
        server = self.lab.start(sink, GENERATOR_CORE, "iperf3", "-s", "-1")
        time.sleep(0.3)
        out = self.lab.run(gen, "taskset", "-c", GENERATOR_CORE, "timeout", "30", "iperf3", "-c", "198.18.0.2", "-J", "-t", self.a.seconds,
                           "-O", "1", "--connect-timeout", "3000", check=False)
        self.lab.stop(server)
        end = json.loads(out)["end"]
        return {"gbps": end["sum_received"]["bits_per_second"] / 1e9, "retransmits": end["sum_sent"]["retransmits"]}

    def latency(self):
        """Ping, and probe frames, while nothing else, half of what ifqd takes, or more than it takes passes."""
        self.lab.drop_at(True)
        full = statistics.median([r["mpps"] for r in self.rows if r["part"] == "rate" and r["peer"] == "ifqd" and r["size"] == 64
                                  and r["ways"] == 1] or [self._full()])
        loads = [("low", None), ("half", full * 0.5e6), ("full", 0)]
        peers = [p for p in self.peers if p.name in ("ifqd", "ifqd-other", "ifqd-busy", "testpmd", "netsniff-ng", "linux-bridge")]

        def work(peer, n):
            for name, rate in loads:
                load = self.lab.load(64, 60, rate) if rate is not None else None
                time.sleep(0.5)
                values = undisturbed(self._probe)
                if load:
                    self.lab.stop(load)
                self.row("latency", peer, n, load=name, **values)
            if peer.one_way:
                return
            self.lab.drop_at(False)
            self.row("latency", peer, n, load="ping", **undisturbed(self._ping))
            self.lab.drop_at(True)

        self.each("latency", peers, work)

    def _full(self):
        peer = next(p for p in veth_peers.all_peers(self.a.ifqd) if p.name == "ifqd")
        peer.up(self.lab)
        mpps = measure(self.lab, 64, 2)["mpps"]
        peer.down(self.lab)
        return mpps

    def _probe(self):
        """One frame every 10 ms; the receiving kernel's stamp ends the interval, so no wake-up of ours is in it."""
        gen, sink = self.lab.ends[0], self.lab.ends[1]
        out = subprocess.run(
            ["nice", "-n", "-15", "taskset", "-c", str(GENERATOR_CORE), self.a.ifqd, "probe", f"{gen[0]}/{gen[1]}", f"{sink[0]}/{sink[1]}", "--rate", "100", "--count",
             "100" if self.a.quick else "300", "--warm-up", "0.5", "--allow-loss", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
        report = json.loads(out.stdout)
        report = report.get("directions", [report])[0]
        ns = report["latencyNs"]
        if not ns["count"]:
            raise RuntimeError("no probe frame came through")
        return {"p50_us": ns["p50"] / 1000, "p99_us": ns["p99"] / 1000, "lost": report["lost"]}

    def _ping(self):
        out = self.lab.run(self.lab.ends[0][0], "taskset", "-c", GENERATOR_CORE, "timeout", "20", "ping", "-i", "0.01", "-c",
                           "200", "-W", "1", "198.18.0.2", check=False)
        times = sorted(float(x) * 1000 for x in re.findall(r"time=([\d.]+)", out))
        if not times:
            raise RuntimeError("no answer to ping")
        return {"p50_us": times[len(times) // 2], "p99_us": times[int(len(times) * 0.99)], "lost": 200 - len(times)}

    def zeroloss(self):
        """RFC 2544, section 26.1: the highest rate without a lost frame, by halving, to 2 % of it."""
        self.lab.drop_at(True)
        peers = [p for p in self.peers if p.name in ("ifqd", "testpmd", "netsniff-ng")]

        def work(peer, n):
            low, high = 0.0, measure(self.lab, 64, 1)["mpps"] * 1.1e6
            while high - low > 0.02 * high:
                rate = (low + high) / 2
                offered, arrived = count(self.lab, 64, self.a.trial, rate)
                low, high = (rate, high) if arrived >= offered else (low, rate)
            self.row("zeroloss", peer, n, mpps=low / 1e6, trial_seconds=self.a.trial)

        rounds, self.a.rounds = self.a.rounds, 1
        self.each("zeroloss", peers, work)
        self.a.rounds = rounds

    def startup(self):
        veth_startup(self)

    def soak(self):
        veth_soak(self)


def veth_startup(run):
    """exec to the first frame forwarded, and what is lost of the first second at half load from `ready:` on."""
    run.lab.drop_at(True)
    peer = next((p for p in run.peers if p.name == "ifqd"), None)
    if peer is None:
        return
    half = run._full() * 0.5e6
    for n in range(1, max(3, run.a.rounds + 2) + 1):
        before = run.lab.counter(1, "rx_packets")
        load = run.lab.load(64, 10, 10000)
        begin = time.monotonic()
        peer.up(run.lab)
        ready = time.monotonic()
        while run.lab.counter(1, "rx_packets") == before:
            time.sleep(0.001)
        first = time.monotonic()
        run.lab.stop(load)
        peer.down(run.lab)
        peer.up(run.lab)
        offered, arrived = count(run.lab, 64, 1, half)
        peer.down(run.lab)
        run.row("startup", peer, n, ready_ms=1000 * (ready - begin), first_frame_ms=1000 * (first - begin), offered=offered,
                lost_first_second=offered - arrived)


def veth_soak(run):
    """Full load for long: memory, collections, books (peer.down fails where a frame is unaccounted for)."""
    run.lab.drop_at(True)
    log = os.path.join(run.a.scratch, "gc.log")
    os.environ["IFQD_JAVA_OPTS"] = f"-Xlog:gc:file={log}"
    peer = next(p for p in veth_peers.all_peers(run.a.ifqd) if p.name == "ifqd")
    peer.up(run.lab)
    del os.environ["IFQD_JAVA_OPTS"]
    left, rss, mpps = run.a.soak_seconds, [], []
    while left > 0:
        mpps.append(measure(run.lab, 64, min(left, 20))["mpps"])
        left -= 20
        with open(f"/proc/{peer.processes[0].pid}/status") as lines:
            rss += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")]
    peer.down(run.lab)
    with open(log) as lines:
        collections = sum("Pause" in line for line in lines)
    run.row("soak", peer, 1, seconds=run.a.soak_seconds, mpps=statistics.median(mpps), collections=collections,
            rss_begin_mib=rss[0], rss_end_mib=rss[-1], unaccounted=0)


def main():
    a = arguments()
    if a.check:
        return
    sys.stdout.reconfigure(line_buffering=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.sched_setaffinity(0, {GENERATOR_CORE})  # our own work must not take from the forwarder
    run = Run(a)
    try:
        for part in a.parts:
            getattr(run, part)()
    finally:
        run.lab.end()
        if run.rows:
            veth_report.write(pathlib.Path(a.docs), run.rows, a)
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())
