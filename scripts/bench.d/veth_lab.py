"""The lab of scripts/bench veth as seen from Python: processes in namespaces, counters, loads. All processes end with us."""

import os
import signal
import subprocess
import time

FORWARDER_CORE, GENERATOR_CORE = 1, 0
DROP = """table netdev bench {
 chain in {
  type filter hook ingress device %s priority -500;
  counter drop;
 }
}
"""


class Lab:
    def __init__(self, scratch, dut, ends):
        self.scratch, self.dut = scratch, dut
        self.ends = [end.split(":") for end in ends]  # [namespace, interface] of generator and sink
        self.running = []
        self.two_way = True  # whether the device under test needs to forward both ways

    def start(self, namespace, core, *command, **options):
        process = subprocess.Popen(
            ["ip", "netns", "exec", namespace, "taskset", "-c", str(core), *map(str, command)],
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **options},
        )
        self.running.append(process)
        return process

    def forwarder(self, *command, **options):
        return self.start(self.dut, options.pop("core", FORWARDER_CORE), *command, **options)

    def stop(self, process, how=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(12)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.running:
            self.running.remove(process)

    def close(self):
        for process in list(self.running):
            self.stop(process)

    def run(self, namespace, *command, check=True, timeout=60):
        return subprocess.run(
            ["ip", "netns", "exec", namespace, *map(str, command)],
            check=check, timeout=timeout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ).stdout

    def drop_at(self, wanted):
        """The ends count what arrives, and drop it before their stacks see it; or not, where a stack is to answer."""
        for namespace, interface in self.ends:
            self.run(namespace, "nft", "delete", "table", "netdev", "bench", check=False)
            if wanted:
                subprocess.run(["ip", "netns", "exec", namespace, "nft", "-f", "-"], input=DROP % interface, text=True, check=True)

    def counter(self, end, name):
        namespace, interface = self.ends[end]
        return int(self.run(namespace, "cat", f"/sys/class/net/{interface}/statistics/{name}"))

    def load(self, size, seconds, rate=0, end=0):
        """Starts the generator at an end. It prints what it has sent."""
        namespace, interface = self.ends[end]
        return self.start(
            namespace, GENERATOR_CORE, os.path.join(self.scratch, "generator"), interface, size, f"{seconds:.2f}", f"{rate:.0f}",
            5 + end, stdout=subprocess.PIPE,
        )

    def offloads(self, on):
        word = "on" if on else "off"
        for namespace, interface in [*self.ends, [self.dut, "d0"], [self.dut, "d1"]]:
            words = [part for name in ("tso", "gso", "sg", "tx", "rx") for part in (name, word)]
            self.run(namespace, "ethtool", "-K", interface, *words, check=False)


def core_times(core):
    """Seconds of a core since the start of the machine: user, system, softirq."""
    with open("/proc/stat") as lines:
        for line in lines:
            if line.startswith(f"cpu{core} "):
                n = [int(x) / os.sysconf("SC_CLK_TCK") for x in line.split()[1:]]
                return n[0] + n[1], n[2], n[5] + n[6]
    raise OSError(f"no core {core}")


def measure(lab, size, seconds, rate=0, both=False, settle=0.5):
    """One trial: what was offered and what arrived in the middle of a load, and what the forwarder's core did for it."""
    ends = [0, 1] if both else [0]
    loads = [lab.load(size, seconds + settle + 0.5, rate / len(ends), end) for end in ends]
    time.sleep(settle)
    begin, cpu = time.monotonic(), core_times(FORWARDER_CORE)
    before = [(lab.counter(end, "tx_packets"), lab.counter(1 - end, "rx_packets")) for end in ends]
    time.sleep(seconds)
    after = [(lab.counter(end, "tx_packets"), lab.counter(1 - end, "rx_packets")) for end in ends]
    lasted, used = time.monotonic() - begin, [b - a for a, b in zip(cpu, core_times(FORWARDER_CORE))]
    for load in loads:
        load.wait(30)
        lab.stop(load)
    offered = sum(a[0] - b[0] for a, b in zip(after, before))
    arrived = sum(a[1] - b[1] for a, b in zip(after, before))
    per_frame = [1e9 * seconds_used / max(arrived, 1) for seconds_used in used]
    return {
        "offered_mpps": offered / lasted / 1e6,
        "mpps": arrived / lasted / 1e6,
        "loss": max(0.0, 1 - arrived / max(offered, 1)),
        "user_ns": per_frame[0], "system_ns": per_frame[1], "softirq_ns": per_frame[2],
    }


def count(lab, size, seconds, rate):
    """One trial from first to last frame: offered, arrived."""
    before = lab.counter(0, "tx_packets"), lab.counter(1, "rx_packets")
    load = lab.load(size, seconds, rate)
    load.wait(seconds + 30)
    lab.stop(load)
    time.sleep(0.5)
    return lab.counter(0, "tx_packets") - before[0], lab.counter(1, "rx_packets") - before[1]
