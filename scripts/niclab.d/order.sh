# shellcheck shell=bash
# In the guest: order of each flow through NICs with four queues, while ifqd's threads are moved from processor to processor. The receiver,
# order.c, is none of ifqd's.

readonly control=/run/ifqd.sock flows=16 count=20000
failed=0
verdict() { # verdict STATUS TEXT...
  local status=$1
  shift
  if ((status == 0)); then printf 'ok   %s\n' "$*"; else printf 'FAIL %s\n' "$*"; failed=$((failed + 1)); fi
}

chmod +x order
for nic in A B; do
  ethtool -L "nic$nic" combined 4
  ip link set "nic$nic" up
done
queues=$(find /sys/class/net/nicB/queues -name 'tx-*' | wc -l)
((queues == 4))
verdict $? "nicB has $queues transmit queues"

for arguments in "--workers 1" "--workers 2" "--workers 2 --start task"; do
  # shellcheck disable=SC2086 # words
  IFQD_JAVA_OPTS=-XX:TieredStopAtLevel=1 ifqd bridge nicA nicB --control "$control" $arguments >ifqd.out 2>ifqd.err &
  ifqd=$!
  for ((i = 0; i < 600; i++)); do grep -q '^ready:' ifqd.out && break; sleep 0.1; done
  ip netns exec sink ./order receive nicD "$flows" "$count" 40 >received &
  receiver=$!
  sleep 0.5
  (
    for ((i = 0; ; i++)); do
      for task in /proc/$ifqd/task/*; do taskset -p $((1 + i % 2)) "${task##*/}" >/dev/null 2>&1; done
      sleep 0.02
    done
  ) &
  mover=$!
  ip netns exec gen ./order send nicC "$flows" "$count"
  wait "$receiver"
  verdict $? "order, $arguments: $(cat received)"
  kill "$mover"
  wait "$mover" 2>/dev/null
  kill -TERM "$ifqd"
  wait "$ifqd"
  grep -qx 'unaccounted 0' ifqd.out
  verdict $? "books, $arguments: $(tail -n 1 ifqd.out)"
  cat ifqd.err
done
exit $((failed > 0))
