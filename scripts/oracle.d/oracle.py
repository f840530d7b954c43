"""ifqd beside a Linux bridge: the same frames into both, by taps, and what leaves compared. See scripts/oracle."""

import argparse
import ctypes
import collections
import fcntl
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

from frames import Grammar, GSO_ECN, GSO_NONE, MAC, NEEDS_CSUM

TUNSETIFF, IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x400454CA, 2, 0x1000, 0x4000
TUNSETOFFLOAD, TUN_F_CSUM, TUN_F_TSO4, TUN_F_TSO6, TUN_F_TSO_ECN, TUN_F_UFO, TUN_F_USO = 0x400454D0, 1, 2, 4, 8, 16, 0x60
SOL_PACKET, PACKET_AUXDATA, SO_RCVBUFFORCE = 263, 8, 33
MARKER = 0x88B5
MOST_SEGMENTS = 400  # of a batch: the backlog of a veth pair is 1000 frames

# Differences that stay, and why. docs/limits.md says the same.
LISTED = {
    "cut": "the bridge drops a GSO frame that its kernel cannot segment; ifqd cuts it",
    "pseudo": "the sender's partial sum is wrong; the kernel goes on with it, ifqd sums up anew",
    "undescribed": "AF_PACKET has no words for the frame (UFO), so it never reaches ifqd",
    "refused": "headers contradict each other, and ifqd refuses the GSO frame; the kernel sends some segments of it",
    "cwr": "CWR without the ECN bit of the GSO kind is a counter (AccECN) and stays on all segments; the kernel knows flows of its own only",
    "cable": "the bridge's kernel drops what it cannot parse (tags that end early, 802.3 with a checksum to finish); ifqd passes it, as a cable does",
    "long": "a frame of up to 4 bytes more than the MTU: a bridge leaves room for a tag, also where there is none or after it was taken out",
    "sctp": "a checksum left to finish at SCTP's place: CRC32c of ifqd, the internet's of a bridge, which cannot know",
}


def setns(fd):
    """setns(2); os.setns needs Python 3.12."""
    if ctypes.CDLL(None, use_errno=True).setns(fd, 0x40000000) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def ip(*args):
    subprocess.run(["ip", *args], check=True)


def in_ns(name, *args):
    subprocess.run(["ip", "netns", "exec", name, *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Side:
    """A tap, what forwards from it, and the wire behind."""

    def __init__(self, name, offloads):
        self.name = name
        self.ns = "oracle-" + name
        self.books = collections.Counter()
        ip("netns", "add", self.ns)
        in_ns(self.ns, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        nf = ["net.bridge.bridge-nf-call-%s=0" % table for table in ("iptables", "ip6tables", "arptables")]
        subprocess.run(["ip", "netns", "exec", self.ns, "sysctl", "-qw", *nf], check=False, stderr=subprocess.DEVNULL)  # else IP is checked
        here = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open("/run/netns/" + self.ns, os.O_RDONLY)
        setns(there)
        try:
            self.tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(self.tap, TUNSETIFF, struct.pack("16sH22x", b"in", IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
            fcntl.ioctl(self.tap, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN | TUN_F_UFO | TUN_F_USO)
            for near, far in (("out", "wire"), ("norm", "end")):
                ip("link", "add", near, "type", "veth", "peer", "name", far)
            plain = ("norm", "end") if offloads else ("out", "wire", "norm", "end")
            for link in plain:
                in_ns(self.ns, "ethtool", "-K", link, "tx", "off", "sg", "off", "tso", "off", "gso", "off", "gro", "off", "tx-udp-segmentation", "off")
            for link in ("in", "out", "wire", "norm", "end"):
                ip("link", "set", link, "up")
            if offloads:  # what stays whole is cut by one and the same kernel behind both
                self.bridge("cutter", "wire", "norm")
            self.witness = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
            self.witness.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 27)
            self.witness.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
            self.witness.setsockopt(SOL_PACKET, 23, 1)  # PACKET_IGNORE_OUTGOING
            self.witness.bind(("end" if offloads else "wire", 3))
            self.witness.setblocking(False)
        finally:
            setns(here)
            os.close(here)
            os.close(there)

    @staticmethod
    def bridge(name, *ports):
        ip("link", "add", name, "type", "bridge", "stp_state", "0", "mcast_snooping", "0", "group_fwd_mask", "0xfff8")
        for port in ports:
            ip("link", "set", port, "master", name)
            subprocess.run(["bridge", "link", "set", "dev", port, "learning", "off"], check=True)
        ip("link", "set", name, "up")

    def write(self, vnet, frame):
        try:
            os.write(self.tap, vnet + frame)
            return True
        except OSError:
            return False

    def read(self, mark, seconds):
        """What came out up to the marker; None if it did not come."""
        out, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data, ancillary, _, _ = self.witness.recvmsg(1 << 18, 64)
            except BlockingIOError:
                select.select([self.witness], [], [], 0.05)
                continue
            for level, kind, value in ancillary:
                if level == SOL_PACKET and kind == PACKET_AUXDATA:
                    status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", value)
                    if status & 16:
                        data = data[:12] + struct.pack("!HH", tpid if status & 64 else 0x8100, tci) + data[12:]
            if data[12:14] == struct.pack("!H", MARKER):
                if data[14:22] == mark:
                    return out
            else:
                out.append(data)
        return None

    def close(self):
        os.close(self.tap)
        self.witness.close()
        ip("netns", "del", self.ns)


class Oracle:
    def __init__(self, ifqd, seed):
        self.ifqd, self.rng = ifqd, random.Random(seed)
        self.grammar = Grammar(self.rng)
        self.seen, self.number, self.frames, self.unlisted = collections.Counter(), 0, 0, 0
        self.examples = {}

    def open(self, offloads):
        self.dut, self.ref = Side("ifqd", offloads), Side("bridge", offloads)
        self.control = "/run/netns/oracle.sock"
        self.log = open("/run/netns/oracle.log", "w+")
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", self.dut.ns, self.ifqd, "bridge", "in", "out", "--control", self.control],
            stdout=self.log, stderr=subprocess.STDOUT)
        script = "import sys; sys.path.insert(0, '%s'); from oracle import Side; Side.bridge('ref', 'in', 'out')" % os.path.dirname(os.path.abspath(__file__))
        in_ns(self.ref.ns, sys.executable, "-c", script)
        end = time.monotonic() + 30
        while "ready:" not in open("/run/netns/oracle.log").read():
            if time.monotonic() > end or self.process.poll() is not None:
                sys.exit("oracle: ifqd did not start: " + open("/run/netns/oracle.log").read())
            time.sleep(0.1)
        self.exchange([])  # both forward now

    def exchange(self, batch):
        """The frames into both; what came out of ifqd and of the bridge."""
        self.number += 1
        mark = struct.pack("!Q", self.number)
        for vnet, frame in batch:
            accepted = [side.write(vnet, frame) for side in (self.dut, self.ref)]
            if accepted[0] != accepted[1]:
                sys.exit("oracle: one tap takes what the other does not")
        marker = MAC + struct.pack("!H", MARKER) + mark + bytes(40)
        outs = []
        for side in (self.dut, self.ref):
            side.write(bytes(10), marker)
        for side in (self.dut, self.ref):
            out = side.read(mark, 5)
            if out is None:
                self.end("%s: the marker behind these frames did not come" % side.name, batch)
            outs.append(out)
        return outs

    def end(self, why, batch):
        for vnet, frame in batch[:3]:
            print(vnet.hex(), frame[:200].hex())
        print(open("/run/netns/oracle.log").read()[-2000:])
        sys.exit("oracle: " + why)

    def batch(self):
        batch, segments = [], 0
        while segments < MOST_SEGMENTS and len(batch) < 64:
            vnet, frame = self.grammar.make()
            if self.rng.random() < 0.4:
                vnet, frame = self.grammar.mutate(vnet, frame)
            flags, gso, _, size, _, _ = struct.unpack("<BBHHHH", vnet)
            n = 1 if gso == GSO_NONE else len(frame) // max(size, 1) + 1
            if n > 60 or frame[12:14] == struct.pack("!H", MARKER):
                continue
            batch.append((vnet, frame))
            segments += n
        return batch

    def compare(self, batch):
        self.frames += len(batch)
        dut, ref = self.exchange(batch)
        if dut == ref:
            return
        found = False
        for one in batch:
            dut1, ref1 = self.exchange([one])
            if dut1 != ref1:
                found = True
                self.note(one, dut1, ref1)
        if not found:
            self.unlisted += 1
            print("a batch of %d differs and none of its frames does: %d and %d frames" % (len(batch), len(dut), len(ref)))

    def note(self, one, dut, ref):
        kind = classify(*one, dut, ref)
        self.seen[kind] += 1
        if kind not in LISTED:
            self.unlisted += 1
            if self.seen[kind] <= 3:
                print("%s: ifqd %d frames, bridge %d" % (kind, len(dut), len(ref)))
                print("  vnet %s frame (%d) %s" % (one[0].hex(), len(one[1]), one[1][:160].hex()))
                for name, out in (("ifqd", dut), ("bridge", ref)):
                    for data in out[:2]:
                        print("  %-6s (%d) %s" % (name, len(data), data[:160].hex()))
                sys.stdout.flush()

    def close(self):
        stats = subprocess.run(["ip", "netns", "exec", self.dut.ns, self.ifqd, "stats", "--json", "--control", self.control],
                               capture_output=True, text=True)
        if self.process.poll() is not None or stats.returncode != 0:
            self.end("ifqd has ended by itself, status %s" % self.process.poll(), [])
        books = json.loads(stats.stdout)
        self.process.terminate()
        status = self.process.wait(30)
        self.dut.close()
        self.ref.close()
        drops = {k: v for p in books["ports"] for k, v in p["drops"].items() if v}
        print("ifqd: unaccounted %d, dropped %s, status %d" % (books["unaccounted"], drops, status))
        return books["unaccounted"] == 0 and status == 0


def masked(data, vnet):
    """The frame with every checksum that can be found taken for zero."""
    data = bytearray(data)
    start, field = struct.unpack("<HH", vnet[6:10])
    at = start + field
    if start and at + 2 <= len(data):
        data[at:at + 2] = b"\0\0"
    return bytes(data)


def only_cwr(dut, ref):
    """Whether the frames differ in TCP's flag, and in the checksum over it, at most."""
    changed = [[a ^ b for a, b in zip(d, r) if a != b] for d, r in zip(dut, ref)]
    same = all(len(d) == len(r) for d, r in zip(dut, ref))
    return same and all(len(c) <= 3 for c in changed) and any(0x80 in c for c in changed)


def classify(vnet, frame, dut, ref):
    flags, gso, _, size, start, field = struct.unpack("<BBHHHH", vnet)
    if gso & ~GSO_ECN == 3 and not dut:
        return "undescribed"
    if flags & NEEDS_CSUM and field == 8 and len(dut) == len(ref):
        return "sctp"
    if gso != GSO_NONE and dut and not ref:
        return "cut"
    if flags & NEEDS_CSUM and [masked(d, vnet) for d in dut] == [masked(r, vnet) for r in ref]:
        return "pseudo"
    if gso in (1, 4) and len(dut) == len(ref) and only_cwr(dut, ref):
        return "cwr"
    if gso == GSO_NONE and len(dut) == 1 and not ref and len(dut[0]) == len(frame):
        return "cable"
    tag = 4 if frame[12:14] in (b"\x81\x00", b"\x88\xa8") else 0
    if not dut and len(ref) == 1 and 1514 < len(frame) - tag <= 1518:
        return "long"
    if gso != GSO_NONE and not dut:
        return "refused"
    return "different" if dut and ref else "only the bridge forwards" if ref else "only ifqd forwards"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--frames", type=int)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--ifqd", required=True)
    options = parser.parse_args()
    print("oracle: seed %d" % options.seed)
    sys.stdout.flush()
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run/netns"], check=True) if os.path.isdir("/run/netns") else os.makedirs("/run/netns")
    oracle, good, begin = Oracle(options.ifqd, options.seed), True, time.monotonic()
    for half, offloads in enumerate((False, True)):
        oracle.open(offloads)
        while (time.monotonic() - begin < (options.seconds or 1e9) * (half + 1) / 2
               and oracle.frames < (options.frames or 1e12) * (half + 1) / 2):
            oracle.compare(oracle.batch())
        good &= oracle.close()
        print("egress offloads %s: %d frames so far, %d/s" % (
            "on" if offloads else "off", oracle.frames, oracle.frames / (time.monotonic() - begin)))
        sys.stdout.flush()
    for kind, n in sorted(oracle.seen.items()):
        print("%8d  %s: %s" % (n, kind, LISTED.get(kind, "NOT LISTED")))
    print("oracle: seed %d, %d frames, %d differences that are not listed" % (options.seed, oracle.frames, oracle.unlisted))
    sys.exit(0 if good and oracle.unlisted == 0 else 1)


if __name__ == "__main__":
    main()
