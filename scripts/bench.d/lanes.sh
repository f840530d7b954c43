#!/usr/bin/env bash
# how lanes scale: one worker and two empty receive rings that were filled before, no generator beside them; [--quick] 2 rounds instead of 8; root
set -euo pipefail
scripts=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$scripts/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lab.sh
. "$scripts/lab.sh"

rounds=8
readonly flows=128 # the hash of a flow chooses the ring; so many, that both get about as much
[[ ${1:-} != --quick ]] || rounds=2
((EUID == 0)) || die 2 "needs root for namespaces and raw sockets: sudo scripts/bench lanes"
(($(nproc) >= 2)) || die 2 "needs two processors: one for each lane"
need ip ethtool sysctl gcc python3
# Blocks for a second and more of work: of some 100 ms, which 1 GiB takes, start and chance were a quarter.
ring=4
(($(awk '/MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo) >= 12)) || die 2 "needs 12 GiB of free memory: two receive rings of $ring GiB"
find_jdk
build_if_stale

scratch=$(mktemp -d)
forwarder=''

# The forwarder is stopped while its rings are filled: a stopped process takes no SIGTERM.
stop_forwarder() {
  [[ -n $forwarder ]] || return 0
  kill -CONT "$forwarder" 2>/dev/null || true
  kill -TERM "$forwarder" 2>/dev/null || true
  wait "$forwarder" || true
  forwarder=''
}

cleanup() {
  trap '' INT TERM HUP
  stop_forwarder
  lab_down
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

gcc -O2 -Wall -o "$scratch/generator" "$scripts/bench.d/generator.c" || die 1 "the generator does not compile"

# Frames a second through s0, from the time when a tenth has come to that when six have: in the end, when one lane has done its share
# and the other has not, only one moves.
cat >"$scratch/rate.py" <<'PY'
import sys, time
path, frames = "/sys/class/net/s0/statistics/rx_packets", int(sys.argv[1])
begin, marks, end = int(open(path).read()), [], time.monotonic() + 60
while len(marks) < 2 and time.monotonic() < end:
    seen = int(open(path).read()) - begin
    if seen >= frames * (0.1, 0.6)[len(marks)]:
        marks.append((time.monotonic(), seen))
    time.sleep(0.002)
if len(marks) < 2:
    sys.exit(f"only {int(open(path).read()) - begin} of {frames} frames came")
print((marks[1][1] - marks[0][1]) / (marks[1][0] - marks[0][0]) / 1e6)
PY

# turn WORKERS: leaves Mpps in $scratch/rate; not in a subshell, which could not clean up
turn() {
  : >"$scratch/ifqd.out"
  cat >"$scratch/ifqd.toml" <<TOML
[control]
path = "$scratch/control.sock"
[watchdog]
seconds = 0
[[bridge]]
ports = ["d0", "d1"]
[port.d0]
workers = $1
cpus = [$(seq -s, 0 $(($1 - 1)))]
rx-ring = "${ring}GiB"
max-age = "0"
[port.d1]
rx-ring = "2MiB"
TOML
  (exec ip netns exec "$lab_dut" "$scripts/ifqd" run --config "$scratch/ifqd.toml" >"$scratch/ifqd.out" 2>"$scratch/ifqd.err" </dev/null) &
  forwarder=$!
  await_ready "$scratch/ifqd.out" "$forwarder" || {
    cat "$scratch/ifqd.err" >&2
    die 1 "ifqd did not become ready"
  }
  kill -STOP "$forwarder"
  # Fast: a ring has a number of blocks, and each is closed after a millisecond, however little is in it.
  local source before after frames
  before=$(lab_counters "$lab_dut" d0 rx_packets)
  for ((source = 1; source <= flows; source++)); do
    in_gen "$scratch/generator" g0 64 0.03 0 "$source" >/dev/null
  done
  after=$(lab_counters "$lab_dut" d0 rx_packets)
  frames=$((after - before))
  (exec ip netns exec "$lab_sink" python3 "$scratch/rate.py" "$frames" >"$scratch/rate") &
  local reader=$!
  sleep 0.5
  kill -CONT "$forwarder"
  wait "$reader" || die 1 "the rings were not forwarded"
  stop_forwarder
  grep -qx 'unaccounted 0' "$scratch/ifqd.out" || {
    cat "$scratch/ifqd.out" "$scratch/ifqd.err" >&2
    die 1 "ifqd cannot account for every frame"
  }
}

# shellcheck disable=SC2034 # lab.sh reads it
lab_queues=(numtxqueues 2 numrxqueues 2)
lab_up
in_dut ethtool -K d0 gro on # or a veth takes no XDP frames, which the generator sends
for ((round = 1; round <= rounds; round++)); do
  for workers in 1 2; do
    turn "$workers"
    printf 'round=%d workers=%d mpps=%.3f\n' "$round" "$workers" "$(<"$scratch/rate")" | tee -a "$scratch/rows"
  done
done
python3 - "$scratch/rows" <<'PY'
import statistics, sys
rows = [dict(field.split("=") for field in line.split()) for line in open(sys.argv[1])]
one, two = ([float(row["mpps"]) for row in rows if row["workers"] == n] for n in "12")
ratios = sorted(b / a for a, b in zip(one, two))
print(f"one lane {statistics.median(one):.2f} Mpps, two {statistics.median(two):.2f}; "
      f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} - {ratios[-1]:.2f}), {len(ratios)} rounds")
PY
