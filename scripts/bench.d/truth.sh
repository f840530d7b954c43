#!/usr/bin/env bash
# ifqd benchmark against devices whose truth is known: a Linux bridge with tbf at 100 Mbit/s, and a queue of known length; [--quick]; root
set -euo pipefail
scripts=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$scripts/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lab.sh
. "$scripts/lab.sh"

runs=5 sizes=64,128,256,512,1024,1280,1518
[[ ${1:-} != --quick ]] || runs=1 sizes=64,1518
((EUID == 0)) || die 2 "needs root for namespaces and raw sockets: sudo scripts/bench truth"
need ip tc ethtool sysctl python3
find_jdk
build_if_stale

scratch=$(mktemp -d)
cleanup() {
  trap '' INT TERM HUP
  lab_down
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# measure NAME OPTIONS: from end to end of the lab
measure() {
  "$scripts/ifqd" benchmark "$lab_gen/g0" "$lab_sink/s0" --quick --json "${@:2}" >"$scratch/$1.json" 2>"$scratch/$1.err" || {
    cat "$scratch/$1.err" >&2
    die 1 "the benchmark failed"
  }
}

lab_up
ip -n "$lab_dut" link add br0 type bridge stp_state 0 mcast_snooping 0
for port in d0 d1; do ip -n "$lab_dut" link set "$port" master br0; done
ip -n "$lab_dut" link set br0 up

in_dut tc qdisc add dev d1 root tbf rate 100mbit burst 32k limit 64k
for ((run = 1; run <= runs; run++)); do
  measure "tbf$run" --size "$sizes" --tests throughput
  echo "tbf, run $run of $runs: done" >&2
done
in_dut tc qdisc replace dev d1 root handle 1: tbf rate 10mbit burst 1600 limit 10m
in_dut tc qdisc add dev d1 parent 1:1 handle 10: pfifo limit 1000
measure queue --size 512,1518 --tests back-to-back

python3 - "$scratch" "$runs" <<'PY'
import json, statistics, sys
scratch, runs = sys.argv[1], int(sys.argv[2])
FCS, RATE, QUEUE = 4, 100e6, 1000
def report(name):
    return json.load(open(f"{scratch}/{name}.json"))["sizes"]
print("tbf at 100 Mbit/s, of the frames as Linux counts them (without FCS)")
found = {}
for run in range(1, runs + 1):
    for size in report(f"tbf{run}"):
        bytes_ = int(size["size"]) - FCS
        found.setdefault(bytes_, []).append(size["throughput"][0]["lower"] / (RATE / 8 / bytes_) - 1)
for bytes_, errors in found.items():
    spread = max(errors) - min(errors)
    print(f"{bytes_ + FCS:5} bytes: {100 * statistics.median(errors):+.2f} % of the truth, {runs} runs within {100 * spread:.2f} %"
          f" ({100 * min(errors):+.2f} to {100 * max(errors):+.2f})")
print(f"a queue of {QUEUE} frames")
for size in report("queue"):
    burst = size["backToBack"]
    print(f"{size['size']:>5} bytes: {burst['queue']:.0f} frames, {100 * (burst['queue'] / QUEUE - 1):+.1f} %;"
          f" bursts of {burst['min']} to {burst['max']} at {burst['rate'] / 1e3:.0f} kpps")
PY
