# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of scripts/niclab
# Sourced by scripts/niclab: the machine that the guest runs in, and one run of it.
#
#   gen: C ======== A :ifqd: B ======== D :sink         (=== is a cable)
#
# A cable is a hub of QEMU's with two ports. No offload passes one: a virtio card then has none. Or it is a bridge of two tap interfaces
# in a network namespace of this machine, and virtio cards leave checksums and segmentation to each other.

declare -A model=([A]=e1000e [B]=e1000e [C]=virtio-net-pci [D]=virtio-net-pci)
readonly -A peer=([A]=C [C]=A [B]=D [D]=B) cable=([A]=0 [C]=0 [B]=1 [D]=1) mac=(
  [A]=02:00:00:00:00:0a [B]=02:00:00:00:00:0b [C]=02:00:00:00:00:0c [D]=02:00:00:00:00:0d
)

taps_namespace=niclab-$$

# Whether this machine has what cables of taps need.
can_tap() {
  ((EUID == 0)) && [[ -w /dev/net/tun ]] && ip netns add "$taps_namespace" 2>/dev/null || return
  ip -n "$taps_namespace" link add br0 type bridge 2>/dev/null && ip -n "$taps_namespace" link del br0
  local status=$?
  remove_taps
  return "$status"
}

# The bridges learn nothing and flood everything, as a cable does.
make_taps() {
  local nic bridge
  ip netns add "$taps_namespace"
  for bridge in 0 1; do
    ip -n "$taps_namespace" link add "br$bridge" address "02:00:00:00:01:0$bridge" type bridge ageing_time 0 mcast_snooping 0
  done
  # shellcheck disable=SC2016 # for the inner shell
  ip netns exec "$taps_namespace" sh -c 'for off in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 >$off; done'
  for nic in A B C D; do
    # shellcheck disable=SC2046 # a word or none
    ip -n "$taps_namespace" tuntap add "tap$nic" mode tap vnet_hdr $(is_wide "$nic" && echo multi_queue)
    ip netns exec "$taps_namespace" sh -c "echo 1 >/proc/sys/net/ipv6/conf/tap$nic/disable_ipv6"
    ip -n "$taps_namespace" link set "tap$nic" master "br${cable[$nic]}" up
  done
  ip -n "$taps_namespace" link set br0 up
  ip -n "$taps_namespace" link set br1 up
}

remove_taps() {
  [[ ! -e /run/netns/$taps_namespace ]] || ip netns del "$taps_namespace"
}

# Whether a card has several queues: those between which ifqd stands. QEMU can capture nothing there.
is_wide() { ((queues > 1)) && [[ $cables == tap && $1 == [AB] && ${model[$1]%%,*} == virtio-net-pci ]]; }

# properties NIC: those of its model, as words of JSON.
properties() {
  local property value
  local -a all
  IFS=, read -ra all <<<"${model[$1]}"
  for property in "${all[@]:1}"; do
    value=${property#*=}
    case $value in
      on) value=true ;;
      off) value=false ;;
      *[!0-9]*) value="\"$value\"" ;;
    esac
    printf ',"%s":%s' "${property%%=*}" "$value"
  done
}

# Sets `cards`, QEMU's options for the four NICs, each in a slot of its own, so that it can be taken out; and writes down what the guest
# has to know to put it in again.
plug_cards() {
  local nic socket wide
  local -A device
  cards=()
  for nic in A B C D; do
    case $cables in
      hub) socket=hubport,hubid=${cable[$nic]} ;;
      tap) socket=tap,ifname=tap$nic,script=no,downscript=no,vhost=off ;;
    esac
    wide=
    if is_wide "$nic"; then
      socket+=,queues=$queues
      wide=,mq=on,vectors=$((2 * queues + 2))
    else
      cards+=(-object "filter-dump,id=tap$nic,netdev=net$nic,file=$run/$nic.pcap,maxlen=65536,status=off")
    fi
    cards+=(
      -netdev "$socket,id=net$nic"
      -device "pcie-root-port,id=slot$nic,chassis=$((${#cards[@]} + 1)),slot=$((${#cards[@]} + 1))"
      -device "${model[$nic]},id=nic$nic,netdev=net$nic,mac=${mac[$nic]},bus=slot$nic,romfile=$wide"
    )
    printf -v "device[$nic]" '{"driver":"%s","id":"nic%s","netdev":"net%s","mac":"%s","bus":"slot%s","romfile":""%s}' \
      "${model[$nic]%%,*}" "$nic" "$nic" "${mac[$nic]}" "$nic" "$(properties "$nic")"
  done
  declare -p model peer mac device | sed 's/^declare -[a-zA-Z]*/declare -A/' >"$1/nics"
}

# What this run adds to the guest: the lab's own commands, the command file, its arguments, other files.
archive_run() {
  local root=$scratch/run
  mkdir -p "$root"/{niclab,root}
  cp "$niclab_parts/root/init" "$root/"
  mkdir -p "$root/usr"
  cp -r "$niclab_parts/root/bin" "$root/usr/"
  cp "$command_file" "$root/niclab/command"
  { (($# == 0)) || printf '%q ' "$@"; } >"$root/niclab/arguments" # without any, printf would write an empty one
  ((${#files[@]} == 0)) || cp "${files[@]}" "$root/root/"
  plug_cards "$root/niclab"
  archive "$root" "$scratch/run.cpio"
  cat "${layers[@]}" "$scratch/run.cpio" >"$scratch/initrd"
}

# run_guest ARG...: runs the command file in the guest; its console is ours. Returns its status, 124 when time is over, 125 when the guest
# ended without a status. A machine that hangs before the command has begun is started again: on a busy host the emulation does that.
run_guest() {
  local try status
  archive_run "$@"
  [[ $cables != tap ]] || make_taps
  for try in 1 2 3; do
    status=0
    boot || status=$?
    if ((status != 125 || try == 3)) || grep -q '^ready' "$run/status"; then
      return "$status"
    fi
    printf '%s: once more\n' "$ifqd_script" >&2
  done
}

readonly silence=60

# watch PID: ends a machine that gives no sign of life for that many seconds.
watch() {
  local size=0 before quiet=0
  while kill -0 "$1" 2>/dev/null; do
    before=$size
    sleep 5 >/dev/null 2>&1 # which must not keep a pipe open that reads the console
    size=$(stat -c %s "$run/status")
    quiet=$((size == before ? quiet + 5 : 0))
    if ((quiet >= silence)); then
      printf '%s: the machine hangs: no sign of life for %s s\n' "$ifqd_script" "$silence" >&2
      kill "$1" 2>/dev/null
      return
    fi
  done
}

boot() {
  local status=0 end watcher in_namespace=()
  if [[ $cables == tap ]]; then
    in_namespace=(ip netns exec "$taps_namespace")
  fi
  # The guest drives its own machine: the monitor and a serial port of the guest share two pipes, crossed.
  rm -f "$scratch"/{monitor,guest}.{in,out}
  mkfifo "$scratch"/monitor.{in,out}
  ln -s monitor.in "$scratch/guest.out"
  ln -s monitor.out "$scratch/guest.in"
  : >"$run/status"
  # A processor that has hung in the guest's kernel for 40 s ends the machine: the emulation does that, once in some twenty runs.
  # Without stdin no key goes to the console; QEMU's doubts about -cpu max, and about cables that are pulled, are not ours
  "${in_namespace[@]}" timeout --foreground -k 5 "$limit" "${qemu[@]}" -name niclab -no-user-config -nodefaults -no-reboot -display none \
    -machine q35,usb=off,smbus=off,sata=off -accel tcg,thread=multi,tb-size=256 -cpu max,la57=off -smp "$cpus" -m "$memory" \
    -kernel "$kernel" -initrd "$scratch/initrd" \
    -append "console=ttyS0 panic=-1 softlockup_panic=1 watchdog_thresh=20 quiet tsc=reliable mitigations=off nokaslr net.ifnames=0 $boot_options" \
    -chardev stdio,id=console,signal=off -serial chardev:console \
    -chardev "file,id=status,path=$run/status" -serial chardev:status \
    -chardev "pipe,id=monitor,path=$scratch/monitor" -mon chardev=monitor,mode=control \
    -device virtio-serial-pci -chardev "pipe,id=guest,path=$scratch/guest" \
    -device virtserialport,chardev=guest,name=niclab.qmp \
    -object rng-random,id=random,filename=/dev/urandom -device virtio-rng-pci,rng=random \
    "${cards[@]}" </dev/null 2> >(grep -v "TCG doesn't support\|CPUID\|has no peer\|not connected to host" >&2) &
  machine=$!
  watch "$machine" &
  watcher=$!
  wait "$machine" || status=$?
  machine=
  kill "$watcher" 2>/dev/null || true
  if ((status == 124 || status == 137)); then
    printf '%s: the guest took longer than %s s\n' "$ifqd_script" "$limit" >&2
    return 124
  fi
  end=$(tr -d '\r' <"$run/status" | sed -n 's/^status //p')
  return "${end:-125}"
}
