#!/usr/bin/env bash
# how exactly a capture is sent again: ifqd replay and tcpreplay in turn, judged by tcpdump's stamps at the far end; [--quick]; root
set -euo pipefail
scripts=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$scripts/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lab.sh
. "$scripts/lab.sh"

rounds=8
[[ ${1:-} != --quick ]] || rounds=2
((EUID == 0)) || die 2 "needs root for namespaces and raw sockets: sudo scripts/bench replay"
need ip ethtool sysctl python3 tcpdump tcpreplay
find_jdk
build_if_stale

scratch=$(mktemp -d)
watcher=''
cleanup() {
  trap '' INT TERM HUP
  [[ -z $watcher ]] || kill "$watcher" 2>/dev/null || true
  lab_down
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# 40,000 frames of 60 to 1514 bytes, about 10,000 a second, exponential gaps: as many independent senders make them
python3 - "$scratch/in.pcap" <<'PY'
import random, struct, sys
random.seed(4711)
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
    ns = 0
    for number in range(40_000):
        ns += int(random.expovariate(10_000) * 1e9)
        frame = bytes.fromhex("020000000009020000000001") + b"\x88\xb5" + struct.pack(">I", number)
        frame += bytes(random.randrange(60, 1515) - len(frame))
        out.write(struct.pack("<IIII", 1_700_000_000 + ns // 10**9, ns % 10**9, len(frame), len(frame)) + frame)
PY

# turn TOOL COMMAND...: what tcpdump saw, against the capture
turn() {
  local tool=$1
  shift
  (exec ip netns exec "$lab_dut" tcpdump -i d0 -n -Z root -B 65536 -s 64 --time-stamp-precision=nano -w "$scratch/out.pcap" \
    ether proto 0x88b5 2>"$scratch/tcpdump.err" >/dev/null) &
  watcher=$!
  until grep -q 'listening on' "$scratch/tcpdump.err"; do
    kill -0 "$watcher" || die 1 "tcpdump does not run"
    sleep 0.1
  done
  "$@" >"$scratch/tool.out" 2>&1 || { cat "$scratch/tool.out" >&2; die 1 "$tool failed"; }
  sleep 1.5
  kill -INT "$watcher"
  wait "$watcher" || true
  watcher=''
  python3 - "$scratch" "$tool" <<'PY' | tee -a "$scratch/rows"
import struct, sys
scratch, tool = sys.argv[1:]
def frames(path):
    data = open(path, "rb").read()
    at, found = 24, {}
    while at < len(data):
        seconds, ns, captured, _ = struct.unpack_from("<IIII", data, at)
        found[struct.unpack_from(">I", data, at + 30)[0]] = seconds * 10**9 + ns
        at += 16 + captured
    return found
wanted, seen = frames(f"{scratch}/in.pcap"), frames(f"{scratch}/out.pcap")
both = sorted(wanted.keys() & seen.keys())
# The whole may be shifted: by the median, so that a late first frame is not everybody's fault.
shift = sorted(seen[n] - wanted[n] for n in both)[len(both) // 2]
errors = sorted(abs(seen[n] - wanted[n] - shift) for n in both)
def at(part):
    return errors[min(len(errors) - 1, int(part * len(errors)))] / 1e3
print(f"tool={tool} seen={len(both)} p50={at(0.5):.2f} p90={at(0.9):.2f} p99={at(0.99):.2f} max={at(1):.1f}")
PY
}

lab_up
for ((round = 1; round <= rounds; round++)); do
  turn ifqd "$scripts/ifqd" replay "$scratch/in.pcap" "$lab_gen/g0"
  turn tcpreplay ip netns exec "$lab_gen" tcpreplay -q --preload-pcap -i g0 "$scratch/in.pcap"
done
python3 - "$scratch/rows" <<'PY'
import statistics, sys
rows = [dict(field.split("=") for field in line.split()) for line in open(sys.argv[1])]
print("microseconds between a frame's time in the capture and at the far end; medians of the rounds (least - most)")
for tool in ("ifqd", "tcpreplay"):
    mine = [row for row in rows if row["tool"] == tool]
    print(f"{tool:10}", *(f"{key} {statistics.median(float(r[key]) for r in mine):.1f} ({min(float(r[key]) for r in mine):.1f} - "
          f"{max(float(r[key]) for r in mine):.1f})" for key in ("p50", "p90", "p99", "max")), f"frames seen {min(int(r['seen']) for r in mine)}")
PY
