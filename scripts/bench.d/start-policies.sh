#!/usr/bin/env bash
# direct, bundled and task on the AF_PACKET path, under trafgen load in namespaces; [--quick] 1 round instead of 3; root
set -euo pipefail
scripts=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$scripts/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lab.sh
. "$scripts/lab.sh"

docs=$ifqd_root/forwarder/docs rounds=3 seconds=3 tries=2
if [[ ${1:-} == --quick ]]; then
  docs=$ifqd_root/forwarder/target/bench-start-policies rounds=1 seconds=2 tries=1
fi
((EUID == 0)) || die 2 "needs root for namespaces and raw sockets: sudo scripts/bench start-policies"

# The generator, and what the kernel does on its behalf, has one core; the forwarder with all its threads the other.
generator_core=0
forwarder_core=$(($(nproc) > 1 ? 1 : 0))

scratch=$(mktemp -d)
results=$ifqd_root/forwarder/target/bench-start-policies.jsonl
generator='' forwarder=''

stop() { # stop PID: asks, waits up to 10 s, kills
  [[ -n $1 ]] && kill -TERM "$1" 2>/dev/null || return 0
  timeout 10 tail --pid="$1" -s 0.05 -f /dev/null || kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

cleanup() {
  trap '' INT TERM HUP
  stop "$generator"
  stop "$forwarder"
  lab_down
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# start_forwarder MODE: returns when frames flow.
start_forwarder() {
  local tries
  : >"$scratch/ifqd.out"
  ip netns exec "$lab_dut" taskset -c "$forwarder_core" "$scripts/ifqd" bridge d0 d1 --backend af_packet --start "$1" \
    --control "$scratch/control.sock" >"$scratch/ifqd.out" 2>"$scratch/ifqd.err" </dev/null &
  forwarder=$!
  for ((tries = 0; tries < 200; tries++)); do
    if grep -q '^ready:' "$scratch/ifqd.out"; then return; fi
    kill -0 "$forwarder" 2>/dev/null || break
    sleep 0.1
  done
  cat "$scratch/ifqd.err" >&2
  die 1 "ifqd did not become ready"
}

# stop_forwarder: a measurement that lost frames without a trace does not count.
stop_forwarder() {
  stop "$forwarder"
  forwarder=''
  grep -qx 'unaccounted 0' "$scratch/ifqd.out" || {
    cat "$scratch/ifqd.out" "$scratch/ifqd.err" >&2
    die 1 "ifqd cannot account for every frame"
  }
}

# start_load DEVICE [OPTION...]: trafgen; bounded, and `timeout` ends its children too.
start_load() {
  local device=$1
  shift
  ip netns exec "$lab_gen" taskset -c "$generator_core" timeout -k 2 120 \
    trafgen -i "$scratch/load.cfg" -o "$device" -P 1 -C "$@" >"$scratch/trafgen.log" 2>&1 </dev/null &
  generator=$!
}

# One trafgen does not fill the forwarder: the kernel sends each of its frames to a stub link eight times to g0.
make_multiplier() {
  local copies=()
  while ((${#copies[@]} < 7 * 7)); do copies+=(action mirred egress mirror dev g0 pipe); done
  ip -n "$lab_gen" link add mul0 type veth peer name mul1 &&
    ip -n "$lab_gen" link set mul0 up && ip -n "$lab_gen" link set mul1 up &&
    in_gen tc qdisc add dev mul0 clsact &&
    in_gen tc filter add dev mul0 egress bpf bytecode '1,6 0 0 1' "${copies[@]}" action mirred egress redirect dev g0
}

# measure MODE LOAD SETTLE DEVICE [OPTION...]: one line of results. Waits for the other work on this machine to pause, and
# tries again when it did not: of all tries the least disturbed one counts, and says how much it was.
measure() {
  local mode=$1 load=$2 settle=$3 try
  shift 3
  : >"$scratch/tries"
  for ((try = 0; try < tries; try++)); do
    timeout 8 python3 "$scripts/bench.d/start_policies.py" await-idle || true
    start_load "$@"
    sleep "$settle"
    kill -0 "$generator" 2>/dev/null || die 1 "trafgen ended: $(tail -n 2 "$scratch/trafgen.log")"
    taskset -c "$generator_core" python3 "$scripts/bench.d/start_policies.py" measure --mode "$mode" --load "$load" \
      --seconds "$seconds" --pid "$forwarder" --load-pid "$generator" --gen "$lab_gen" --sink "$lab_sink" \
      --to "$lab_sink_ip" >>"$scratch/tries"
    stop "$generator"
    generator=''
    if tail -n 1 "$scratch/tries" | grep -q '"foreign_cores": 0\.[01]'; then break; fi
  done
  sed 's/.*"foreign_cores": \([0-9.]*\).*/\1 &/' "$scratch/tries" | sort -n | sed -n '1s/^[^ ]* //p' | tee -a "$results"
}

need ip tc sysctl ethtool ping trafgen taskset python3
find_jdk
build_if_stale
mkdir -p "$docs"
: >"$results"
# 64 bytes with FCS, to a MAC that nobody has: s0 counts them, and no stack answers
printf '{ 0x02,0,0,0,0,5, 0x02,0,0,0,0,1, 0x88,0xb5, fill(0x5a, 46) }\n' >"$scratch/load.cfg"
lab_up
make_multiplier || die 1 "this kernel's tc lacks clsact, bpf or mirred"

# A B C A B C: what else happens on the machine meets all three alike.
for ((round = 1; round <= rounds; round++)); do
  for mode in direct bundled task; do
    start_forwarder "$mode"
    measure "$mode" over 4 mul0 -q # the settling time warms the JVM up
    measure "$mode" full 1 g0
    measure "$mode" low 1 g0 --rate 20000pps
    stop_forwarder
  done
done
JAVA=$jdk/bin/java python3 "$scripts/bench.d/start_policies.py" report "$results" "$docs"
