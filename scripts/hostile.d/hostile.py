"""scripts/hostile, which says what this is."""

import argparse
import ctypes
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

NOBODY = 65534
METRICS = 9471
MOST_ANSWER_S = 1.0
RATE = 20_000
HEAP_KIB = 32 << 10  # the old generation that the JVM has from the start, see lib.sh: it fills up before it is collected
RSS_ROOM_KIB = HEAP_KIB + (16 << 10)
LIVE_ROOM_KIB = 4 << 10
FD_ROOM = 8


def run(*command):
    subprocess.run(command, check=True)


class Lab:
    """gen:g0 ==== d0:dut:d1 ==== s0:sink"""

    def __init__(self, folder):
        run("mount", "-t", "tmpfs", "none", "/run/netns") if os.path.isdir("/run/netns") else os.makedirs("/run/netns")
        for name in ("gen", "dut", "sink"):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
            run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")
        run("ip", "-n", "dut", "link", "add", "d0", "type", "veth", "peer", "name", "g0", "netns", "gen")
        run("ip", "-n", "dut", "link", "add", "d1", "type", "veth", "peer", "name", "s0", "netns", "sink")
        for name, link in (("gen", "g0"), ("dut", "d0"), ("dut", "d1"), ("sink", "s0")):
            run("ip", "-n", name, "link", "set", link, "up")
        self.file = folder + "/ifqd.toml"
        self.control = folder + "/control.sock"
        with open(self.file, "w") as out:
            out.write('[[bridge]]\nports = ["d0", "d1"]\n[control]\npath = "%s"\nmode = "0666"\n[metrics]\nlisten = "127.0.0.1:%d"\n'
                      % (self.control, METRICS))

    def inside(self, *command, **options):
        return subprocess.Popen(["ip", "netns", "exec", "dut", *command], **options)

    def close(self):
        for name in ("gen", "dut", "sink"):
            subprocess.run(["ip", "netns", "del", name])


def ask(path, request=b'{"command":"stats"}', timeout=5):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)  # waits where others are in front; one with a time limit would not
        s.settimeout(timeout)
        s.sendall(request + b"\n")
        answer = b""
        while not answer.endswith(b"\n"):
            part = s.recv(1 << 16)
            if not part:
                raise OSError("cut off")
            answer += part
        return json.loads(answer)


# What a client that means harm does, once; each closes what it has opened, sooner or later.

def flood(path, rnd, held):
    for _ in range(200):
        s = socket.socket(socket.AF_UNIX)
        s.setblocking(False)
        try:
            s.connect(path)
            s.send(b"x" * 64000)
        except OSError:
            pass
        held.append(s)
    for s in held[:-400]:
        s.close()
    del held[:-400]


def never_reads(path, rnd, held):
    s = socket.socket(socket.AF_UNIX)
    s.setblocking(False)
    try:
        s.connect(path)
        while True:
            s.send(b'{"command":"stats"}\n' * 50)
    except OSError:
        pass
    held.append(s)


def malformed(path, rnd, held):
    texts = [b"{" * 3000, b"[" * 3000, b"\xff\xfe\x00", b'{"command":{"a":[' + b"[" * 500, b'{"command":"tap","port":"d0"}', b"null", b"",
             b'{"command":"port","port":"d0","state":"down"}', rnd.randbytes(2000).replace(b"\n", b"")]
    try:
        ask(path, rnd.choice(texts), 1)
    except (OSError, ValueError):
        pass


def half_scrape(path, rnd, held):
    s = socket.socket()
    s.setblocking(False)
    try:
        s.connect(("127.0.0.1", METRICS))
    except OSError:
        pass
    held.append(s)
    try:
        s.send(rnd.choice([b"GET /met", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", b"\0" * 4096, b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"]))
    except OSError:
        pass


def attack(path, seed):
    """As a user who may only read, until it is ended."""
    rnd = random.Random(seed)
    held, tries = [], 0
    while True:
        what = rnd.choices([flood, never_reads, malformed, half_scrape], [1, 4, 20, 8])[0]
        what(path, rnd, held)
        tries += 1
        if tries % 50 == 0:
            time.sleep(0.2)
        if len(held) > 600:
            for s in held[:300]:
                s.close()
            del held[:300]


def taps(path, over):
    """As root: taps that end at once, and some that never read."""
    held = []
    while not over.is_set():
        try:
            s = socket.socket(socket.AF_UNIX)
            s.connect(path)
            s.sendall(b'{"command":"tap","port":"d0","direction":"both"}\n')
            held.append(s)
        except OSError:
            pass
        if len(held) > 3:
            held.pop(0).close()
        over.wait(0.5)


def become_nobody_in_dut():
    os.nice(5)  # another user's work, and this machine has two processors for all
    with open("/run/netns/dut") as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), 0):
            raise OSError(ctypes.get_errno(), "setns")
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def live_kib(jcmd, pid):
    """What is left of the heap when all garbage is gone."""
    subprocess.run([jcmd, str(pid), "GC.run"], check=True, stdout=subprocess.DEVNULL)
    info = subprocess.run([jcmd, str(pid), "GC.heap_info"], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"Tenured +total \d+K, used (\d+)K", info).group(1))


def process(pid):
    with open("/proc/%d/status" % pid) as status:
        rss = int(next(line for line in status if line.startswith("VmRSS")).split()[1])
    return rss, len(os.listdir("/proc/%d/fd" % pid))


def probe(lab, ifqd, seconds):
    """Both ways, every frame verified; the report."""
    done = subprocess.run([ifqd, "probe", "gen/g0", "sink/s0", "--both", "--rate", str(RATE), "--seconds", str(seconds), "--flows", "16",
                           "--timeout", "3", "--rx-ring", "64MiB", "--json"], capture_output=True, text=True)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        sys.exit("hostile: the probe says: " + done.stdout + done.stderr)
    return done.returncode, report


def numbers(report, key):
    """All values of a key, wherever they are."""
    found = []
    if isinstance(report, dict):
        for k, v in report.items():
            found += [v] if k == key and not isinstance(v, (dict, list)) else numbers(v, key)
    elif isinstance(report, list):
        for v in report:
            found += numbers(v, key)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=int, required=True)
    parser.add_argument("--ifqd", required=True)
    parser.add_argument("--jcmd", required=True)
    options = parser.parse_args()
    trouble, worst, asked, live = [], 0.0, 0, None
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        lab = Lab(folder)
        log = open(folder + "/log", "w+")
        daemon = lab.inside(options.ifqd, "run", "--config", lab.file, stdout=log, stderr=log)
        attackers = []
        try:
            for _ in range(200):
                log.seek(0)
                if "ready:" in log.read():
                    break
                time.sleep(0.1)
            ask(lab.control)
            status, quiet = probe(lab, options.ifqd, 60)
            before = process(daemon.pid)
            print("without: lost %s, reordered %s; %d KiB, %d descriptors" % (
                numbers(quiet, "lost"), numbers(quiet, "reordered"), *before), flush=True)
            for seed in (1, 2):
                pid = os.fork()
                if pid == 0:
                    try:
                        become_nobody_in_dut()
                        attack(lab.control, seed)
                    finally:
                        os._exit(1)
                attackers.append(pid)
            over = threading.Event()
            threading.Thread(target=taps, args=(lab.control, over), daemon=True).start()
            found = []
            checking = threading.Thread(target=lambda: found.append(probe(lab, options.ifqd, options.minutes * 60)))
            checking.start()
            started = time.monotonic()
            while checking.is_alive():
                if time.monotonic() - started < options.minutes * 20:  # a third of the time: until the heap has its size
                    grown = process(daemon.pid)[0]
                elif live is None:
                    live = live_kib(options.jcmd, daemon.pid)
                begin = time.monotonic()
                try:
                    if ask(lab.control)["unaccounted"] != 0 and ask(lab.control)["unaccounted"] != 0:
                        trouble.append("unaccounted frames")
                except (OSError, ValueError) as e:
                    trouble.append("stats: %s" % e)
                worst = max(worst, time.monotonic() - begin)
                asked += 1
                time.sleep(0.5)
            over.set()
            for pid in attackers:
                os.kill(pid, signal.SIGKILL)
                if os.waitpid(pid, 0)[1] != signal.SIGKILL:
                    trouble.append("an attacker ended by itself")
            attackers.clear()
            time.sleep(12)  # until whoever keeps us waiting has been cut off
            after = process(daemon.pid)
            left = live_kib(options.jcmd, daemon.pid)
            status, harmed = found[0]
            print("beside %d minutes of clients that mean harm: lost %s, reordered %s, duplicated %s, corrupted %s; %d KiB, %d descriptors; stats asked %d times, at"
                  " most %.2f s" % (options.minutes, numbers(harmed, "lost"), numbers(harmed, "reordered"), numbers(harmed, "duplicated"),
                                    numbers(harmed, "corrupted"), *after, asked, worst), flush=True)
            if sum(numbers(harmed, "lost")) > sum(numbers(quiet, "lost")) * options.minutes or sum(numbers(harmed, "reordered")):
                trouble.append("frames were lost or reordered")
            if worst > MOST_ANSWER_S:
                trouble.append("an answer took %.2f s" % worst)
            log.flush()
            if os.path.getsize(folder + "/log") > (64 << 10) * options.minutes:
                trouble.append("the log has %d KiB" % (os.path.getsize(folder + "/log") >> 10))
            if after[0] > grown + RSS_ROOM_KIB:
                trouble.append("memory grew from %d to %d KiB" % (grown, after[0]))
            print("heap without garbage: %d KiB, at the end %d" % (live, left), flush=True)
            if left > live + LIVE_ROOM_KIB:
                trouble.append("the heap grew from %d to %d KiB" % (live, left))
            if after[1] > before[1] + FD_ROOM:
                trouble.append("descriptors grew from %d to %d" % (before[1], after[1]))
        finally:
            for pid in attackers:
                os.kill(pid, signal.SIGKILL)
            daemon.terminate()
            if daemon.wait(30) != 0:
                trouble.append("ifqd ended with status %d" % daemon.returncode)
            lab.close()
            log.seek(0)
            lines = log.read().splitlines()
            if "unaccounted 0" not in lines:
                trouble.append("the books: " + " / ".join(lines[-5:]))
            print("ifqd logged %d lines; the last: %s" % (len(lines), lines[-1] if lines else ""))
            for line in lines[:40] if trouble else []:
                print("  " + line)
    for line in trouble:
        print("hostile: " + line)
    sys.exit(1 if trouble else 0)


if __name__ == "__main__":
    main()
