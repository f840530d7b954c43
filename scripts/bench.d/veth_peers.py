"""The devices under test of scripts/bench veth: how each is started at its best settings, between d0 and d1, on one core."""

import os
import re
import signal
import subprocess
import time

# Its best ones: as it comes it makes a tenth of this.
RINGS = ["--silent", "--ring-size", "16MiB", "-k", "100", "--mmap"]


class Peer:
    """kind: c (a C tool on AF_PACKET, which ifqd is compared with), kernel (a reference), ifqd."""

    def __init__(self, name, kind, start, stop=None):
        self.name, self.kind = name, kind
        self._start, self._stop = start, stop
        self.one_way = start is netsniff
        self.processes = []

    def up(self, lab):
        self.processes = self._start(lab) or []
        for process in self.processes:
            if process.poll() is not None:
                raise RuntimeError(f"{self.name} did not start (status {process.returncode})")

    def pause(self):
        """While others have their turn: some never sleep."""
        for process in self.processes:
            process.send_signal(signal.SIGSTOP)

    def go_on(self):
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            if process.poll() is not None:
                raise RuntimeError(f"{self.name} has ended (status {process.returncode})")

    def down(self, lab):
        for process in self.processes:
            lab.stop(process)
        if self._stop:
            self._stop(lab)
        time.sleep(0.2)


def _wait_for(path, pattern, process, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with open(path) as text:
            if re.search(pattern, text.read(), re.M):
                return
        time.sleep(0.02)
    with open(path) as text:
        raise RuntimeError(f"not ready: {text.read()[-300:]}")


def ifqd(launcher, *options, core=None):
    def start(lab):
        log = os.path.join(lab.scratch, "ifqd.log")
        place = {} if core is None else {"core": core}
        with open(log, "w") as out:
            control = os.path.join(lab.scratch, "control.sock")
            process = lab.forwarder(launcher, "bridge", "d0", "d1", "--control", control, *options, stdout=out, stderr=out, **place)
        _wait_for(log, "^ready:", process)
        return [process]

    def stop(lab):
        with open(os.path.join(lab.scratch, "ifqd.log")) as text:
            if "\nunaccounted 0\n" not in text.read():
                raise RuntimeError("ifqd cannot account for every frame")

    return start, stop


def netsniff(lab):
    """One way only: two of them take what the other sends for received, and frames multiply (--type others does not cure it)."""
    process = lab.forwarder("netsniff-ng", "--in", "d0", "--out", "d1", *RINGS)
    time.sleep(1)
    return [process]


def testpmd(lab):
    return _testpmd(lab, "net_af_packet", "qdisc_bypass=1,blocksz=65536,framesz=2048,framecnt=512")  # more frames are slower


def testpmd_af_xdp(lab):
    """In copy mode, as veth has no other; without its own busy polling, which made no difference (2026-11-26)."""
    return _testpmd(lab, "net_af_xdp", "force_copy=1,busy_budget=0")


def _testpmd(lab, driver, options):
    log = os.path.join(lab.scratch, "testpmd.log")
    with open(log, "w") as out:
        process = lab.forwarder(
            "dpdk-testpmd", "--lcores", "0@0,1@1", "--no-huge", "--no-shconf", "--no-pci", "-m", 1024, "--no-telemetry",
            "--vdev", f"{driver}0,iface=d0,{options}", "--vdev", f"{driver}1,iface=d1,{options}",
            "--", "--forward-mode=io", "--stats-period", 0, "--auto-start", "--nb-cores=1", "--no-mlockall", "--total-num-mbufs=32768",
            stdin=subprocess.PIPE, stdout=out, stderr=out, core="0,1",
        )
    _wait_for(log, "Checking link", process)
    time.sleep(1.5)
    return [process]


def tcpbridge(lab):
    process = lab.forwarder("tcpbridge", "-i", "d0", "-I", "d1")
    time.sleep(1)
    return [process]


def bridge_up(lab):
    lab.run(lab.dut, "ip", "link", "add", "br0", "type", "bridge", "stp_state", "0", "mcast_snooping", "0")
    lab.run(lab.dut, "ip", "link", "set", "br0", "up")
    for interface in ("d0", "d1"):
        lab.run(lab.dut, "ip", "link", "set", interface, "master", "br0")
    time.sleep(0.5)


def bridge_down(lab):
    lab.run(lab.dut, "ip", "link", "del", "br0", check=False)


def mirred_up(lab):
    for a, b in (("d0", "d1"), ("d1", "d0")):
        lab.run(lab.dut, "tc", "qdisc", "add", "dev", a, "clsact")
        lab.run(lab.dut, "tc", "filter", "add", "dev", a, "ingress", "protocol", "all", "pref", "1", "u32", "match", "u32", "0", "0",
                "action", "mirred", "egress", "redirect", "dev", b)


def mirred_down(lab):
    for interface in ("d0", "d1"):
        lab.run(lab.dut, "tc", "qdisc", "del", "dev", interface, "clsact", check=False)


def pcap(launcher):
    """libpcap cannot take merged frames apart, so GRO is off; what keeps the NAPI on, for the generator's sake, is an XDP program."""
    start_plain, stop_plain = ifqd(launcher, "--backend", "pcap")

    def start(lab):
        for interface in ("d0", "d1"):
            lab.run(lab.dut, "ethtool", "-K", interface, "gro", "off")
        holders = [lab.start(lab.dut, 0, lab.generator, "napi", name) for name in ("d0", "d1")]
        time.sleep(0.3)
        return start_plain(lab) + holders

    def stop(lab):
        lab.take_generators()
        stop_plain(lab)

    return start, stop


def all_peers(launcher, other=None):
    backends = re.findall(r"\baf_packet\b|\baf_xdp\b|\bpcap\b", subprocess.run(
        [launcher, "bridge", "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout)
    peers = [Peer("ifqd", "ifqd", *ifqd(launcher, "--backend", "af_packet"))]
    if other:
        peers.append(Peer("ifqd-other", "ifqd", *ifqd(other, "--backend", "af_packet")))
    peers += [
        Peer("testpmd", "c", testpmd),
        Peer("netsniff-ng", "c", netsniff),
        Peer("tcpbridge", "c", tcpbridge),
        Peer("ifqd-bundled", "ifqd", *ifqd(launcher, "--backend", "af_packet", "--start", "bundled")),
        Peer("ifqd-task", "ifqd", *ifqd(launcher, "--backend", "af_packet", "--start", "task")),
        Peer("ifqd-busy", "ifqd", *ifqd(launcher, "--backend", "af_packet", "--busy-poll")),
    ]
    if "af_xdp" in backends:
        peers.append(Peer("ifqd-af_xdp", "ifqd", *ifqd(launcher, "--backend", "af_xdp")))
        peers.append(Peer("testpmd-af_xdp", "c", testpmd_af_xdp))
    if "pcap" in backends:
        peers.append(Peer("ifqd-pcap", "ifqd", *pcap(launcher)))
    peers += [
        Peer("linux-bridge", "kernel", lambda lab: bridge_up(lab), bridge_down),
        Peer("tc-mirred", "kernel", lambda lab: mirred_up(lab), mirred_down),
    ]
    return peers
