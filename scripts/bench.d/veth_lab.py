"""The lab of scripts/bench veth as seen from Python: processes in namespaces, counters, loads. All processes end with us."""

import ctypes
import os
import pathlib
import signal
import subprocess
import time

FORWARDER_CORE, GENERATOR_CORE = 1, 0
PLACEMENTS = ["sender", "rps", "napi"]
CLONE_NEWNET = 0x40000000
QUIET_CORES = 0.15
LIBC = ctypes.CDLL(None, use_errno=True)
LAB_UP = 'set -e; . "$1"; lab_up; echo "$lab_gen $lab_dut $lab_sink"'


class Lab:
    def __init__(self, scratch, dut, ends, generator=None):
        self.scratch, self.dut = scratch, dut
        self.generator = generator or os.path.join(scratch, "generator")
        self.ends = [end.split(":") for end in ends]  # [namespace, interface] of generator and sink
        self.running, self.drops = [], []
        self.home, self.namespaces = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC), {}

    def another(self, name):
        """A lab of its own, with the same cables. To be removed."""
        scratch = os.path.join(self.scratch, name)
        os.makedirs(scratch, exist_ok=True)
        shell = pathlib.Path(__file__).resolve().parent.parent / "lab.sh"
        names = subprocess.run(["bash", "-c", LAB_UP, "bash", shell], check=True, stdout=subprocess.PIPE, text=True).stdout
        gen, dut, sink = names.split()
        lab = Lab(scratch, dut, [f"{gen}:g0", f"{sink}:s0"], self.generator)
        lab.take_generators()
        return lab

    def remove(self):
        self.end()
        for descriptor in [self.home, *self.namespaces.values()]:
            os.close(descriptor)
        for namespace in (self.ends[0][0], self.dut, self.ends[1][0]):
            subprocess.run(["ip", "netns", "del", namespace], check=True)

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

    def end(self):
        self.drop_at(False)
        self.close()

    def run(self, namespace, *command, check=True, timeout=60):
        return subprocess.run(
            ["ip", "netns", "exec", namespace, *map(str, command)],
            check=check, timeout=timeout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ).stdout

    def drop_at(self, wanted):
        """The ends count what arrives, and drop it before their stacks see it; or not, where a stack is to answer. It has to cost as
        little as can be: the sink's receive path is on the forwarder's core."""
        for drop in self.drops:
            self.stop(drop)
        self.drops = [self._drop(*end) for end in self.ends] if wanted else []

    def _drop(self, namespace, interface):
        drop = self.start(namespace, GENERATOR_CORE, self.generator, "drop", interface, stdout=subprocess.PIPE, stderr=None)
        self.running.remove(drop)  # it stays when the devices under test are ended
        if drop.stdout.readline() != b"held\n":
            raise RuntimeError(f"nothing drops what arrives at {interface}")
        return drop

    def counter(self, end, name):
        """Frames that an end has received or sent. No process is started for it: that takes milliseconds on a busy core."""
        namespace, interface = self.ends[end]
        if namespace not in self.namespaces:
            self.namespaces[namespace] = os.open(f"/run/netns/{namespace}", os.O_RDONLY | os.O_CLOEXEC)
        self._enter(self.namespaces[namespace])
        try:
            with open("/proc/thread-self/net/dev") as lines:
                for line in lines:
                    device, _, values = line.partition(":")
                    if device.strip() == interface:
                        return int(values.split()[{"rx_packets": 1, "tx_packets": 9}[name]])
        finally:
            self._enter(self.home)
        raise OSError(f"no {interface} in {namespace}")

    @staticmethod
    def _enter(namespace):
        if LIBC.setns(namespace, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def load(self, size, seconds, rate=0, end=0):
        """Starts the generator at an end. It prints what it has sent."""
        namespace, interface = self.ends[end]
        return self.start(
            namespace, GENERATOR_CORE, self.generator, interface, size, f"{seconds:.2f}", f"{rate:.0f}", 5 + end,
            stdout=subprocess.PIPE,
        )

    def offloads(self, on):
        """Of all four interfaces. GRO too: a port that merges frames would not be without offloads."""
        word = "on" if on else "off"
        for namespace, interface in [*self.ends, [self.dut, "d0"], [self.dut, "d1"]]:
            words = [part for name in ("tso", "gso", "sg", "tx", "rx", "gro") for part in (name, word)]
            self.run(namespace, "ethtool", "-K", interface, *words, check=False)

    def place(self, placement):
        """Where the forwarder's receive path runs. By RPS only what is a packet of the stack moves: an XDP program has seen it before."""
        if placement == "sender":
            return
        for interface in ("d0", "d1"):
            if placement == "rps":
                mask = f"{1 << FORWARDER_CORE:x}"
                self.run(self.dut, "sh", "-c", f"echo {mask} >/sys/class/net/{interface}/queues/rx-0/rps_cpus")
            else:
                self.run(self.dut, "sh", "-c", f"echo 1 >/sys/class/net/{interface}/threaded")
        if placement == "napi":
            for entry in filter(str.isdigit, os.listdir("/proc")):
                try:
                    with open(f"/proc/{entry}/comm") as text:
                        if text.read().startswith(("napi/d0-", "napi/d1-")):
                            os.sched_setaffinity(int(entry), {FORWARDER_CORE})
                except OSError:
                    continue  # it has just ended

    def take_generators(self):
        """A veth takes the XDP frames that the generator sends only with its NAPI on, which GRO switches on."""
        for interface in ("d0", "d1"):
            self.run(self.dut, "ethtool", "-K", interface, "gro", "on")


def core_times(core):
    """Seconds of a core since the start of the machine: user, system, softirq."""
    with open("/proc/stat") as lines:
        for line in lines:
            if line.startswith(f"cpu{core} "):
                n = [int(x) / os.sysconf("SC_CLK_TCK") for x in line.split()[1:]]
                return n[0] + n[1], n[2], n[5] + n[6]
    raise OSError(f"no core {core}")


def foreign_seconds():
    """{PID: CPU seconds} of all processes that are none of ours. The kernel's threads work for us, mostly."""
    seconds, children = {}, {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as text:
                fields = text.read().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        seconds[int(entry)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        children.setdefault(int(fields[1]), []).append(int(entry))
    ours = [os.getpid(), 2]
    for pid in ours:
        ours += children.get(pid, [])
    return {pid: s for pid, s in seconds.items() if pid not in ours}


def foreign_cores(before, lasted):
    """What other processes took of the machine since, in cores."""
    return sum(s - before.get(pid, 0) for pid, s in foreign_seconds().items()) / lasted


def await_idle(seconds):
    """Until others take little of the machine, but not for ever."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = foreign_seconds()
        time.sleep(0.3)
        if foreign_cores(before, 0.3) < QUIET_CORES:
            return


def undisturbed(trial):
    """A trial while others let the machine alone; repeated when they did not. Of both the quieter one, with how quiet it was."""
    results = []
    for _ in range(2):
        await_idle(4)
        before, begin = foreign_seconds(), time.monotonic()
        values = trial()
        results.append({**values, "foreign_cores": max(0.0, foreign_cores(before, time.monotonic() - begin))})
        if results[-1]["foreign_cores"] < QUIET_CORES:
            break
    return min(results, key=lambda values: values["foreign_cores"])


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
