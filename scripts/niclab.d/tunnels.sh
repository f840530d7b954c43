# shellcheck shell=bash
# In the guest: TCP inside every kind of tunnel that its kernel has, both ways, with the offloads of virtio-net on, so that tunnelled GSO
# frames reach ifqd. The receiver's stack is the judge: what has a wrong checksum it drops, and counts.
#
# One line for each tunnel: ok or FAIL, and what was seen.

readonly control=/run/ifqd.sock
failed=0
in_gen() { ip netns exec gen "$@"; }
in_sink() { ip netns exec sink "$@"; }

verdict() { # verdict STATUS TEXT...
  local status=$1
  shift
  if ((status == 0)); then printf 'ok   %s\n' "$*"; else printf 'FAIL %s\n' "$*"; failed=$((failed + 1)); fi
}

stats() { echo '{"command":"stats"}' | timeout 10 socat -t 10 - "UNIX-CONNECT:$control"; }
segmented() { stats | grep -o '"segmented":[0-9]*' | awk -F: '{ sum += $2 } END { print sum }'; }

# Of both ends, TCP and UDP, IPv4 and IPv6.
checksum_errors() {
  local namespace sum=0
  for namespace in gen sink; do
    sum=$((sum + $(ip netns exec "$namespace" awk '
      /^(Tcp|Udp):/ { if ($1 == last) { for (i = 2; i <= NF; i++) if (name[i] == "InCsumErrors") sum += $i }
                      else { split($0, name); last = $1; next } last = "" }
      /^(Udp6|Icmp6)InCsumErrors/ { sum += $2 }
      END { print sum + 0 }' /proc/net/snmp /proc/net/snmp6)))
  done
  echo "$sum"
}

tcp() { # tcp OPTION...: prints MBytes that had been received when the last was sent, or nothing
  in_gen timeout 60 iperf3 -c 198.19.0.2 -n 6M -f m --connect-timeout 10000 "$@" 2>&1 | awk '/receiver/ { print $5 }'
}

tunnel() { # tunnel NAME TYPE... : LOCAL and REMOTE stand for the addresses
  local name=$1 gen sink before forth back errors
  shift
  gen=${*//LOCAL/$gen_ip} sink=${*//LOCAL/$sink_ip}
  # shellcheck disable=SC2086 # words
  if ! { ip -n gen link add t0 type ${gen//REMOTE/$sink_ip} && ip -n sink link add t0 type ${sink//REMOTE/$gen_ip}; }; then
    verdict 1 "$name: the guest's kernel does not have it"
  else
    ip -n gen addr add 198.19.0.1/24 dev t0 && ip -n sink addr add 198.19.0.2/24 dev t0
    ip -n gen link set t0 up mtu 1350 && ip -n sink link set t0 up mtu 1350
    before=$(segmented)
    forth=$(tcp)
    back=$(tcp -R)
    errors=$(checksum_errors)
    # Up to 4 MB may still be in the sender's buffer (tcp_wmem); TCP that is not understood stalls below 1.
    [[ ${forth%.*} -ge 2 && ${back%.*} -ge 2 && $errors == 0 ]]
    verdict $? "$name: ${forth:-no} and ${back:-no} MBytes, checksum errors $errors, GSO frames cut by ifqd $(($(segmented) - before))"
  fi
  ip -n gen link del t0 2>/dev/null
  ip -n sink link del t0 2>/dev/null
}

for module in vxlan geneve ip_gre ipip sit ip6_gre ip6_tunnel; do modprobe "$module"; done
for nic in A B; do ip link set "nic$nic" up; done
ip -n gen addr add 198.18.0.1/24 dev nicC
ip -n sink addr add 198.18.0.2/24 dev nicD
in_gen sysctl -qw net.ipv6.conf.all.disable_ipv6=0
in_sink sysctl -qw net.ipv6.conf.all.disable_ipv6=0
ip -n gen addr add fd00::1/64 dev nicC nodad
ip -n sink addr add fd00::2/64 dev nicD nodad
IFQD_JAVA_OPTS=-XX:TieredStopAtLevel=1 ifqd bridge nicA nicB --control "$control" >ifqd.out 2>ifqd.err &
ifqd=$!
for ((i = 0; i < 600; i++)); do grep -q '^ready:' ifqd.out && break; sleep 0.1; done
in_gen ping -q -n -c 100 -w 10 -i 0.05 198.18.0.2 >/dev/null
in_sink iperf3 -s >/dev/null 2>&1 &
server=$!

gen_ip=198.18.0.1 sink_ip=198.18.0.2
tunnel "VXLAN" vxlan id 7 local LOCAL remote REMOTE dstport 4789
tunnel "VXLAN, outer checksum" vxlan id 7 local LOCAL remote REMOTE dstport 4789 udpcsum
tunnel "Geneve" geneve id 7 remote REMOTE
tunnel "GRE" gre local LOCAL remote REMOTE
tunnel "GRE, key and checksum" gre local LOCAL remote REMOTE key 7 csum
tunnel "GRE TEB" gretap local LOCAL remote REMOTE
tunnel "IPIP" ipip local LOCAL remote REMOTE
gen_ip=fd00::1 sink_ip=fd00::2
tunnel "VXLAN over IPv6" vxlan id 7 local LOCAL remote REMOTE dstport 4789
tunnel "Geneve over IPv6" geneve id 7 remote REMOTE
tunnel "GRE over IPv6" ip6gre local LOCAL remote REMOTE
tunnel "4in6" ip6tnl mode ipip6 local LOCAL remote REMOTE

kill "$server"
kill -TERM "$ifqd"
wait "$ifqd"
verdict $? "stop: ifqd ended with status 0"
grep -qx 'unaccounted 0' ifqd.out
verdict $? "books: $(tail -n 1 ifqd.out)"
((failed == 0)) || cat ifqd.out
cat ifqd.err
exit $((failed > 0))
