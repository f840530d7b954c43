# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of scripts/niclab
# Sourced by scripts/niclab: the suite, driver by driver.

readonly -A cards_of=( # QEMU's name of the card that a driver is for
  [e1000e]=e1000e [e1000]=e1000 [vmxnet3]=vmxnet3 [rtl8139]=rtl8139 [8139cp]=rtl8139 [virtio-net]=virtio-net-pci
  [tunnels]=virtio-net-pci # TCP inside of tunnels, instead of the suite
  [order]=virtio-net-pci # order of each flow through cards with four queues, instead of the suite
  [virtio-zc]=virtio-net-pci,iommu_platform=on,disable-legacy=on [igb-zc]=igb # over AF_XDP without a copy, on a kernel of trixie-backports
)
readonly suite_limit=400

# test_drivers [--verbose] [DRIVER...]
test_drivers() {
  local driver passed=0 failed=0 verbose=false
  if [[ ${1-} == --verbose ]]; then
    verbose=true
    shift
  fi
  (($#)) || set -- e1000e e1000 vmxnet3 rtl8139 virtio-net tunnels order
  for driver; do
    [[ -n ${cards_of[$driver]-} ]] || die 2 "no driver $driver; there are: e1000e e1000 vmxnet3 rtl8139 (8139cp) virtio-net, and tunnels, order, virtio-zc, igb-zc"
  done
  prepare
  for driver; do test_driver "$driver"; done
  printf '%d passed, %d failed\n' "$passed" "$failed"
  ((failed == 0)) || die 1 "the consoles are in $cache/last"
}

# Adds to `passed` and `failed` of the caller.
test_driver() {
  local driver=$1 kept=$cache/last/$1 begin=$SECONDS status=0 note="" options=() arguments=() file=suite.sh header=0 pass direction good bad try
  rm -rf "$kept"
  mkdir -p "$kept"
  case $driver in
    e1000e)
      note=", IntMode 0: in MSI-X mode QEMU's card never tells that a cable was pulled"
      options=(--boot "e1000e.IntMode=$(printf '0,%.0s' {1..31})0")
      ;;
    e1000 | vmxnet3) arguments=(again) ;;
    virtio-net) # its offloads are those of the cable
      if can_tap; then
        options=(--cables tap)
        header=12 # struct virtio_net_hdr_mrg_rxbuf
      else
        note=", without offloads, for want of root, /dev/net/tun or bridges"
      fi
      ;;
    virtio-zc)
      options=(--kernel trixie-backports --cables tap --memory 1024)
      arguments=(--backend af_xdp --zero-copy on)
      header=12
      ;;
    igb-zc)
      options=(--kernel trixie-backports --qemu bookworm-backports --memory 1024)
      arguments=(--backend af_xdp --zero-copy on --offloads fix --channels fix)
      ;;
    order)
      file=order.sh
      gcc -O2 -Wall -static -o "$scratch/order" "$niclab_parts/order.c" || die 1 "order.c does not compile"
      options=(--cables tap --queues 4 --file "$scratch/order")
      ;;
    tunnels)
      file=tunnels.sh
      ! can_tap || options=(--cables tap)
      ;;
  esac
  for pass in 1 2; do
    for direction in C-D D-C; do
      python3 "$niclab_parts/frames.py" write "$pass" "$direction" >"$scratch/$direction.$pass"
      options+=(--file "$scratch/$direction.$pass")
    done
  done
  printf '%s%s\n' "$driver" "$note"
  options+=(--nic "A=${cards_of[$driver]}" --nic "B=${cards_of[$driver]}" --keep "$kept" --time "$suite_limit")
  for try in 1 2 3; do
    status=0
    run_suite "$kept/console" "$file" "${arguments[@]}" || status=$?
    ((status == 125 && try < 3)) || break # 125: the machine, not what ran in it
    printf '  %s: once more\n' "$driver"
  done
  {
    [[ $file != suite.sh ]] || check_frames "$driver" "$kept"/{C,D}.pcap --header "$header"
    # a guest that found something to complain of ends with 1, and has said what
    ((status == 0 || status == 1)) || printf 'FAIL the guest ended with status %s\n' "$status"
  } | tee -a "$kept/console" | sed 's/^/  /'
  good=$(grep -c '^ok ' "$kept/console" || true)
  bad=$(grep -c '^FAIL ' "$kept/console" || true)
  if ((bad == 0 && status)); then bad=1; fi
  printf '  %s: %d passed, %d failed, %d s\n' "$driver" "$good" "$bad" $((SECONDS - begin))
  passed=$((passed + good)) failed=$((failed + bad))
}

# run_suite CONSOLE FILE ARG...: with the caller's `options`.
run_suite() {
  local console=$1 file=$2
  shift 2
  "$ifqd_root/scripts/niclab" "${options[@]}" "$niclab_parts/$file" "$@" 2>&1 </dev/null | sed -u 's:\r$::' | show "$console"
}

# check_frames DRIVER C.pcap D.pcap OPTION...
check_frames() {
  local driver=$1 fault=none pcaps=("$2" "$3")
  shift 3
  case $driver in
    vmxnet3) fault=outer-8100 ;; # the card takes 802.1ad tags out too, and the kernel's driver calls whatever was taken out 802.1Q
    e1000) fault=no-priority ;; # the kernel's driver keeps only the VID of a tag that was taken out
  esac
  python3 "$niclab_parts/frames.py" check "${pcaps[@]}" 1 --fault "$fault" "$@"
  if [[ $fault != none ]]; then
    python3 "$niclab_parts/frames.py" check "${pcaps[@]}" 2 "$@" | sed 's/ frames:/ frames, rxvlan off:/'
  fi
}

# show FILE: keeps the console and shows the verdicts, or everything.
show() {
  if $verbose; then
    tee "$1" | sed -u 's/^/  /'
  else
    tee "$1" | sed -u -n '/^\(ok  \|FAIL\) /s/^/  /p; /^niclab:/s/^/  /p'
  fi
}
