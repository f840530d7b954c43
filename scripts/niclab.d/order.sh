# shellcheck shell=bash
# In the guest: order of each flow through NICs with four queues. The receiver, order.c, is none of ifqd's.
#
# First the scheduler alone moves threads about, with every processor busy: no frame may be out of order. Then somebody else moves ifqd's
# threads, 50 times a second: a move that comes between the look at the processor and the end of a call may reorder frames of that moment.

readonly control=/run/ifqd.sock flows=16 count=20000 most_by_moves=64
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

# run busy|moved OPTION...: leaves what the receiver said in `received`, its status in `status`
run() {
  local how=$1 ifqd receiver others=() i
  shift
  IFQD_JAVA_OPTS=-XX:TieredStopAtLevel=1 ifqd bridge nicA nicB --control "$control" "$@" >ifqd.out 2>ifqd.err &
  ifqd=$!
  for ((i = 0; i < 600; i++)); do grep -q '^ready:' ifqd.out && break; sleep 0.1; done
  ip netns exec sink ./order receive nicD "$flows" "$count" 60 >received &
  receiver=$!
  sleep 0.5
  case $how in
    busy)
      for i in 1 2; do
        (exec sh -c 'while :; do :; done') &
        others+=($!)
      done
      ;;
    moved)
      ./order move "$ifqd" rx- ifq- &
      others=($!)
      ;;
  esac
  ip netns exec gen ./order send nicC "$flows" "$count"
  wait "$receiver"
  status=$?
  received=$(<received)
  kill "${others[@]}"
  wait "${others[@]}" 2>/dev/null
  kill -TERM "$ifqd"
  wait "$ifqd"
  cat ifqd.err
}

books() {
  grep -qx 'unaccounted 0' ifqd.out
  verdict $? "books, $*: $(tail -n 1 ifqd.out)"
}

for arguments in "--workers 1" "--workers 2" "--workers 2 --start task"; do
  # shellcheck disable=SC2086 # words
  run busy $arguments
  verdict "$status" "order, $arguments: $received"
  books "$arguments"
done
run moved --workers 2
late=$(sed -n 's/.* received, \([0-9]*\) out of order, 0 twice$/\1/p' <<<"$received")
[[ $received == "$count of $count "* ]] && ((${late:-count} <= most_by_moves))
verdict $? "order, threads moved by somebody else, at most $most_by_moves out of order: $received"
books "threads moved"
exit $((failed > 0))
