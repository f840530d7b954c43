# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of scripts/niclab
# Sourced by scripts/niclab: the suite, driver by driver.

readonly -A cards_of=( # QEMU's name of the card that a driver is for
  [e1000e]=e1000e [e1000]=e1000 [vmxnet3]=vmxnet3 [rtl8139]=rtl8139 [8139cp]=rtl8139 [virtio-net]=virtio-net-pci
)
readonly suite_limit=400

# test_drivers [--verbose] [DRIVER...]
test_drivers() {
  local driver passed=0 failed=0 verbose=false
  if [[ ${1-} == --verbose ]]; then
    verbose=true
    shift
  fi
  (($#)) || set -- e1000e e1000 vmxnet3 rtl8139 virtio-net
  for driver; do
    [[ -n ${cards_of[$driver]-} ]] || die 2 "no driver $driver; there are: e1000e e1000 vmxnet3 rtl8139 (8139cp) virtio-net"
  done
  prepare
  for driver; do test_driver "$driver"; done
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0)) || die 1 "the consoles are in $cache/last"
}

# Adds to `passed` and `failed` of the caller.
test_driver() {
  local driver=$1 kept=$cache/last/$1 begin=$SECONDS status=0 options=() arguments=() pass direction good bad
  rm -rf "$kept"
  mkdir -p "$kept"
  case $driver in
    # in its usual mode, MSI-X, this card of QEMU's never tells that a cable was pulled
    e1000e) options=(--boot "e1000e.IntMode=$(printf '0,%.0s' {1..31})0") ;;
    # it takes an 802.1ad tag out and the kernel's driver calls it 802.1Q, unless rxvlan is off
    vmxnet3) arguments=(again) ;;
  esac
  for pass in 1 2; do
    for direction in C-D D-C; do
      python3 "$niclab_parts/frames.py" write "$pass" "$direction" >"$scratch/$direction.$pass"
      options+=(--file "$scratch/$direction.$pass")
    done
  done
  printf '%s\n' "$driver"
  "$ifqd_root/scripts/niclab" "${options[@]}" --nic "A=${cards_of[$driver]}" --nic "B=${cards_of[$driver]}" --keep "$kept" \
    --time "$suite_limit" "$niclab_parts/suite.sh" "${arguments[@]}" 2>&1 </dev/null | tr -d '\r' | show "$kept/console" || status=$?
  {
    if [[ $driver == vmxnet3 ]]; then
      python3 "$niclab_parts/frames.py" check "$kept"/{C,D}.pcap 1 --outer-8100
      python3 "$niclab_parts/frames.py" check "$kept"/{C,D}.pcap 2 | sed 's/ frames:/ frames, rxvlan off:/'
    else
      python3 "$niclab_parts/frames.py" check "$kept"/{C,D}.pcap 1
    fi
    ((status == 0 || status == 1)) || printf 'FAIL the guest ended with status %s\n' "$status"
  } | tee -a "$kept/console" | sed 's/^/  /'
  good=$(grep -c '^ok ' "$kept/console")
  bad=$(grep -c '^FAIL ' "$kept/console" || true)
  ((good + bad > 0 && (bad > 0 || status == 0))) || bad=$((bad + 1))
  printf '  %s: %d passed, %d failed, %d s\n' "$driver" "$good" "$bad" $((SECONDS - begin))
  passed=$((passed + good)) failed=$((failed + bad))
}

# show FILE: keeps the console and shows the verdicts, or everything.
show() {
  if $verbose; then
    tee "$1" | sed -u 's/^/  /'
  else
    tee "$1" | sed -u -n '/^\(ok  \|FAIL\) /s/^/  /p; /^niclab:/s/^/  /p'
  fi
}
