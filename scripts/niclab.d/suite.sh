# shellcheck shell=bash
# shellcheck disable=SC2317 # called by await
# The suite, in the guest: what a bridge of nicA and nicB has to do on a real driver. usage: suite.sh [again] [OPTION of ifqd bridge...]
#
# One line for each check: ok or FAIL, and what was seen. The frames are judged on the host, by what was on the cables, since a capture
# in here would not show a tag where it was. again: they are sent a second time, with rxvlan off.

readonly control=/run/ifqd.sock gen_ip=198.18.0.1 sink_ip=198.18.0.2
readonly cable_rounds=10 card_rounds=3 frames_each_way=40 usual_start_ms=15000
resume_limit_ms=2000
failed=0
again=false
if [[ ${1-} == again ]]; then
  again=true
  shift
fi
readonly options=("$@")

ok() { printf 'ok   %s\n' "$*"; }
fail() {
  printf 'FAIL %s\n' "$*"
  failed=$((failed + 1))
}
verdict() { # verdict STATUS TEXT...
  local status=$1
  shift
  if ((status == 0)); then ok "$@"; else fail "$@"; fi
}

now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }
in_gen() { ip netns exec gen "$@"; }
in_sink() { ip netns exec sink "$@"; }

# What `ifqd stats --json` prints, without the start of a JVM, which takes seconds here.
stats() { echo '{"command":"stats"}' | timeout 10 socat -t 10 - "UNIX-CONNECT:$control"; }
state() { stats | sed -n "s/.*\"name\":\"$1\",[^{]*\"state\":\"\([A-Z_]*\)\".*/\1/p"; }
sent() { stats | sed -n "s/.*\"name\":\"$1\",[^]]*\"tx\":{\"frames\":\([0-9]*\).*/\1/p"; }

# await SECONDS COMMAND...: until it succeeds. Sets elapsed_ms.
await() {
  local begin limit=$(($1 * 1000))
  shift
  begin=$(now_ms)
  until "$@"; do
    elapsed_ms=$(($(now_ms) - begin))
    ((elapsed_ms < limit)) || return 1
    sleep 0.05
  done
  elapsed_ms=$(($(now_ms) - begin))
}

has_carrier() { # has_carrier NIC 1|0
  local carrier
  read -r carrier 2>/dev/null <"/sys/class/net/nic$1/carrier" && [[ $carrier == "$2" ]]
}
is() { [[ $(state "$1") == "$2" ]]; }

# passes SECONDS: until an echo is answered; one is sent every 50 ms.
passes() { in_gen ping -q -n -c 1 -w "$1" -i 0.05 "$sink_ip" >/dev/null; }

# states NAME STATE NAME STATE: whether both ports get there.
states() {
  local seen
  await 5 is "$1" "$2" && await 5 is "$3" "$4" && return
  seen="$(state "$1") and $(state "$3")"
  fail "$step: $1 should be $2 and $3 $4, seen $seen"
  return 1
}

# resumes NIC: with its carrier back, frames have to pass within 2 s. Adds the time to $times.
resumes() {
  if ! await 20 has_carrier "$1" 1; then
    fail "$step: nic$1 has no carrier after 20 s"
    return 1
  fi
  if ! await 20 passes 20; then
    fail "$step: no frame passes 20 s after the carrier"
    return 1
  fi
  times+=" $elapsed_ms"
  ((elapsed_ms <= resume_limit_ms)) || {
    fail "$step: traffic resumed $elapsed_ms ms after the carrier"
    return 1
  }
}

start() {
  local nic
  for nic in A B; do ip link set "nic$nic" up; done
  for nic in A B; do
    await 20 has_carrier "$nic" 1 || fail "start: nic$nic has no carrier: $(ip -br link show "nic$nic")"
  done
  ip -n gen addr add "$gen_ip/24" dev nicC
  ip -n sink addr add "$sink_ip/24" dev nicD
  ip -n gen neigh replace "$sink_ip" lladdr 02:00:00:00:00:0d dev nicC nud permanent
  ip -n sink neigh replace "$gen_ip" lladdr 02:00:00:00:00:0c dev nicD nud permanent
  ip -br link show nicA
  ethtool -k nicA | grep -E ': on$' | paste -sd ' '
  # C1 alone: on a processor that is itself emulated, the second compiler is not done before the suite is
  IFQD_JAVA_OPTS=-XX:TieredStopAtLevel=1 ifqd bridge nicA nicB --control "$control" "${options[@]}" >ifqd.out 2>ifqd.err &
  ifqd=$!
  await 60 grep -q '^ready:' ifqd.out
  verdict $? "start: $(head -n 1 ifqd.out) after $elapsed_ms ms"
  # An emulated processor is as fast as its host lets it be; where all takes longer, so may this.
  if ((elapsed_ms > usual_start_ms)); then resume_limit_ms=$((resume_limit_ms * elapsed_ms / usual_start_ms)); fi
  step="start"
  states nicA RUNNING nicB RUNNING && ok "states: both RUNNING"
}

pings() {
  local answer
  answer=$(in_gen ping -q -n -c 20 -i 0.05 -W 2 "$sink_ip" | sed -n '/packets transmitted/p')
  [[ $answer == *"20 received"* && $answer != *duplicates* ]]
  verdict $? "ping: $answer"
}

# The rate of an emulated card says nothing; that the bytes arrive does.
tcp() { # tcp NAME OPTION...
  local name=$1 received
  shift
  in_gen timeout 40 iperf3 -c "$sink_ip" -t 3 -f m --connect-timeout 5000 "$@" >tcp.out 2>&1
  received=$(awk '/receiver/ { print $5, $6 ", " $7, $8 }' tcp.out)
  [[ $received == [1-9]* ]]
  verdict $? "tcp: $name, offloads as they come: ${received:-$(tail -n 1 tcp.out)}"
  ((failed == 0)) || stats
}

tcps() {
  in_sink iperf3 -s >iperf.out 2>&1 &
  local server=$!
  await 10 grep -q listening iperf.out
  tcp "C to D"
  tcp "D to C" -R
  kill "$server"
  wait "$server" 2>/dev/null
}

more_sent() { (($(sent "$1") >= $2)); }

odd_frames() { # odd_frames PASS
  local a b
  a=$(sent nicA) b=$(sent nicB)
  wiretap on
  in_gen trafgen -i "C-D.$1" -o nicC -n "$frames_each_way" -P 1 >trafgen.out 2>&1 </dev/null || tail -n 3 trafgen.out
  in_sink trafgen -i "D-C.$1" -o nicD -n "$frames_each_way" -P 1 >trafgen.out 2>&1 </dev/null || tail -n 3 trafgen.out
  await 5 more_sent nicA $((a + frames_each_way)) && await 5 more_sent nicB $((b + frames_each_way))
  verdict $? "frames: pass $1: $(($(sent nicA) - a)) and $(($(sent nicB) - b)) sent on, of $frames_each_way"
  sleep 0.2 # from the transmit ring to the cable
  wiretap off
}

# Frames that come in while cables and cards go: nobody waits for their answers.
traffic() {
  in_gen ping -q -n -i 0.05 -s 600 "$sink_ip" >/dev/null 2>&1 &
  both_ways=($!)
  in_sink ping -q -n -i 0.05 -s 600 "$gen_ip" >/dev/null 2>&1 &
  both_ways+=($!)
}

cables() {
  local round nic other pulled=0 plugged=0
  times=
  for ((round = 1; round <= cable_rounds; round++)); do
    if ((round % 2)); then nic=A other=B; else nic=B other=A; fi
    step="cable $nic, round $round"
    cable "$nic" down
    if ! await 20 has_carrier "$nic" 0; then
      fail "$step: the driver still sees a carrier 20 s after the cable was pulled"
    elif states "nic$nic" NO_CARRIER "nic$other" RUNNING; then
      pulled=$((pulled + 1))
    fi
    cable "$nic" up
    resumes "$nic" && states "nic$nic" RUNNING "nic$other" RUNNING && plugged=$((plugged + 1))
  done
  ((pulled == cable_rounds))
  verdict $? "cables: pulled $cable_rounds times, NO_CARRIER on that port alone $pulled times"
  ((plugged == cable_rounds))
  verdict $? "cables: plugged $cable_rounds times, RUNNING and traffic $plugged times, ms after the carrier (at most $resume_limit_ms):$times"
}

cards() { # cards NIC
  local nic=$1 other=$2 round out=0 in=0 resume_limit_ms=$resume_limit_ms
  # its driver starts anew for each of channels, offloads and program, and every time the carrier is gone
  [[ ${options[*]} != *"--channels fix"* ]] || resume_limit_ms=$((3 * resume_limit_ms))
  times=
  for ((round = 1; round <= card_rounds; round++)); do
    step="card $nic, round $round"
    card "$nic" out && states "nic$nic" ABSENT "nic$other" RUNNING && out=$((out + 1))
    card "$nic" in && ip link set "nic$nic" up && resumes "$nic" && states "nic$nic" RUNNING "nic$other" RUNNING && in=$((in + 1))
  done
  ((out == card_rounds))
  verdict $? "card $nic: out $card_rounds times, ABSENT $out times"
  ((in == card_rounds))
  verdict $? "card $nic: in $card_rounds times, RUNNING and traffic $in times, ms after the carrier (at most $resume_limit_ms):$times"
}

stats_command() {
  local json
  json=$(ifqd stats --json --control "$control")
  [[ $json == '{"ports":['*'"unaccounted":0'* ]]
  verdict $? "ifqd stats --json: $(grep -o '"name":"nic[AB]"\|"state":"[A-Z_]*"\|"unaccounted":[0-9]*' <<<"$json" | paste -sd ' ')"
}

stop() {
  local status
  kill -TERM "$ifqd"
  wait "$ifqd"
  status=$?
  verdict "$status" "stop: ifqd ended with status $status"
  grep -v '^ready:' ifqd.out
  grep -qx 'unaccounted 0' ifqd.out
  verdict $? "books: $(tail -n 1 ifqd.out); $(awk '/->/ { received += $4; sent += $5 } END { print received " received, " sent " sent" }' ifqd.out)"
  ! grep -E 'ERROR|Exception' ifqd.err
  verdict $? "log: $(grep -c . ifqd.err) lines, no error"
  ! dmesg | grep -E 'BUG:|WARNING:|Oops|Call Trace'
  verdict $? "kernel: nothing to complain of"
}

start
pings
tcps
odd_frames 1
if $again; then
  ethtool -K nicA rxvlan off && ethtool -K nicB rxvlan off
  odd_frames 2
fi
traffic
cables
cards A B
cards B A
kill "${both_ways[@]}"
wait "${both_ways[@]}" 2>/dev/null
stats_command
stop
cat ifqd.err
exit $((failed > 0))
