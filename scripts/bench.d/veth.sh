#!/usr/bin/env bash
# side by side with the C tools on veth: rate, TCP, latency, zero loss, start-up, soak; [PART...] [--quick] [--help]; root
#
#   gen: g0 ======== d0 :dut: d1 ======== s0 :sink         (=== is a veth pair)
#
# usage: scripts/bench veth [PART...] [--quick] [--turns N] [--rounds N] [--seconds S] [--sizes 64,512,1514] [--only NAME,...]
#        PART: rate tcp latency zeroloss soak startup all (default: rate tcp latency zeroloss startup)
#        more: scripts/bench veth --help
set -euo pipefail

scripts=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$scripts/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../lab.sh
. "$scripts/lab.sh"

need python3
if [[ " $* " == *" --help "* || " $* " == *" -h "* ]]; then
  exec python3 "$scripts/bench.d/veth.py" --help
fi
python3 "$scripts/bench.d/veth.py" --check "$@" || exit
((EUID == 0)) || die 2 "needs root for namespaces and raw sockets: sudo scripts/bench veth"
(($(nproc) >= 2)) || die 2 "needs two processors: one for the forwarder, one for the generator"
need ip tc bridge sysctl ethtool ping taskset gcc iperf3 netsniff-ng tcpbridge dpdk-testpmd
find_jdk
build_if_stale

scratch=$(mktemp -d)
cleanup() {
  trap '' INT TERM HUP
  [[ -z ${driver-} ]] || { kill -TERM "$driver" 2>/dev/null && wait "$driver"; } || true
  lab_down
  rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

gcc -O2 -Wall -o "$scratch/generator" "$scripts/bench.d/generator.c" || die 1 "the generator does not compile"
lab_up
in_dut ethtool -K d0 gro on # or a veth takes no XDP frames, which the generator sends
in_dut ethtool -K d1 gro on
for end in "$lab_gen g0" "$lab_sink s0"; do
  # shellcheck disable=SC2086 # a namespace and an interface
  set -- "$@" --end ${end/ /:}
done
# A report is made of whole runs with nothing special.
docs=$ifqd_root/forwarder/docs
[[ ! " $* " =~ \ --(quick|other|only|placement)[\ =] ]] || docs=$ifqd_root/forwarder/target/bench-veth
JAVA=$jdk/bin/java python3 "$scripts/bench.d/veth.py" --scratch "$scratch" --dut "$lab_dut" --ifqd "$scripts/ifqd" \
  --docs "$docs" "$@" &
driver=$!
wait "$driver"
