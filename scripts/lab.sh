# shellcheck shell=bash
# Sourced: a private network of three namespaces to send traffic through. Nothing outside of them is touched.
#
#   gen: g0 ======== d0 :dut: d1 ======== s0 :sink         (=== is a veth pair)
#
# The names carry the PID, so several labs can stand side by side. Fixed MACs and permanent neighbours, no IPv6: the only
# frames are those that are sent on purpose.

lab_gen=ifqd-$$-gen lab_dut=ifqd-$$-dut lab_sink=ifqd-$$-sink
readonly lab_gen lab_dut lab_sink
lab_queues=() # more than one for each end: lab_queues=(numtxqueues 2 numrxqueues 2)
readonly lab_gen_ip=198.18.0.1 lab_sink_ip=198.18.0.2
readonly lab_gen_mac=02:00:00:00:00:01 lab_sink_mac=02:00:00:00:00:04

in_gen() { ip netns exec "$lab_gen" "$@"; }
in_dut() { ip netns exec "$lab_dut" "$@"; }
in_sink() { ip netns exec "$lab_sink" "$@"; }

lab_up() {
  local namespace
  for namespace in "$lab_gen" "$lab_dut" "$lab_sink"; do
    ip netns add "$namespace"
    ip netns exec "$namespace" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    ip -n "$namespace" link set lo up
  done
  lab_gen_pair
  lab_sink_pair
}

# The left cable, g0 to d0, and the right one, d1 to s0: with addresses and neighbours, offloads off, up. Each can be deleted and
# made again.
lab_gen_pair() {
  ip -n "$lab_gen" link add g0 address "$lab_gen_mac" "${lab_queues[@]}" type veth peer name d0 "${lab_queues[@]}" netns "$lab_dut" address 02:00:00:00:00:02
  lab_offloads "$lab_gen" g0 off
  lab_offloads "$lab_dut" d0 off
  ip -n "$lab_gen" link set g0 up
  ip -n "$lab_dut" link set d0 up
  ip -n "$lab_gen" addr add "$lab_gen_ip/24" dev g0
  ip -n "$lab_gen" neigh replace "$lab_sink_ip" lladdr "$lab_sink_mac" dev g0 nud permanent
}

lab_sink_pair() {
  ip -n "$lab_dut" link add d1 address 02:00:00:00:00:03 "${lab_queues[@]}" type veth peer name s0 "${lab_queues[@]}" netns "$lab_sink" address "$lab_sink_mac"
  lab_offloads "$lab_dut" d1 off
  lab_offloads "$lab_sink" s0 off
  ip -n "$lab_dut" link set d1 up
  ip -n "$lab_sink" link set s0 up
  ip -n "$lab_sink" addr add "$lab_sink_ip/24" dev s0
  ip -n "$lab_sink" neigh replace "$lab_gen_ip" lladdr "$lab_gen_mac" dev s0 nud permanent
}

# await_ready FILE PID: until the ifqd that prints into FILE forwards; false if it ends before that, or after a minute.
await_ready() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    ! grep -qs '^ready:' "$1" || return 0
    kill -0 "$2" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

# lab_offloads NAMESPACE INTERFACE on|off. One ethtool call: features that a kernel does not have are no error.
lab_offloads() {
  ip netns exec "$1" ethtool -K "$2" tso "$3" gso "$3" gro "$3" sg "$3" tx "$3" rx "$3" >/dev/null 2>&1 || true
}

# Deleting a namespace deletes its ends of the pairs. Safe to call twice and half-way through lab_up.
lab_down() {
  local namespace
  for namespace in "$lab_gen" "$lab_dut" "$lab_sink"; do
    [[ ! -e /run/netns/$namespace ]] || ip netns del "$namespace" || true
  done
}

# Prints the named counters of one interface on one line: lab_counters NAMESPACE INTERFACE COUNTER...
lab_counters() {
  local namespace=$1 interface=$2
  shift 2
  ip netns exec "$namespace" cat "${@/#//sys/class/net/$interface/statistics/}" | paste -sd ' '
}
