# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of scripts/niclab
# Sourced by scripts/niclab: the machine that the guest runs in, and one run of it.
#
#   gen: C ======== A :ifqd: B ======== D :sink         (=== is a cable: a hub of QEMU's with two sockets)

declare -A model=([A]=e1000e [B]=e1000e [C]=virtio-net-pci [D]=virtio-net-pci)
readonly -A peer=([A]=C [C]=A [B]=D [D]=B) hub=([A]=0 [C]=0 [B]=1 [D]=1) mac=(
  [A]=02:00:00:00:00:0a [B]=02:00:00:00:00:0b [C]=02:00:00:00:00:0c [D]=02:00:00:00:00:0d
)

# Sets `cards`, QEMU's options for the four NICs, each in a slot of its own, so that it can be taken out; and writes down what the guest
# has to know to put it in again.
plug_cards() {
  local nic device
  cards=()
  declare -A device
  for nic in A B C D; do
    cards+=(
      -netdev "hubport,id=net$nic,hubid=${hub[$nic]}"
      -object "filter-dump,id=tap$nic,netdev=net$nic,file=$run/$nic.pcap,maxlen=65536,status=off"
      -device "pcie-root-port,id=slot$nic,chassis=$((${#cards[@]} + 1)),slot=$((${#cards[@]} + 1))"
      -device "${model[$nic]},id=nic$nic,netdev=net$nic,mac=${mac[$nic]},bus=slot$nic,romfile="
    )
    printf -v "device[$nic]" '{"driver":"%s","id":"nic%s","netdev":"net%s","mac":"%s","bus":"slot%s","romfile":""}' \
      "${model[$nic]}" "$nic" "$nic" "${mac[$nic]}" "$nic"
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
  printf '%q ' "$@" >"$root/niclab/arguments"
  ((${#files[@]} == 0)) || cp "${files[@]}" "$root/root/"
  plug_cards "$root/niclab"
  archive "$root" "$scratch/run.cpio"
  cat "${layers[@]}" "$scratch/run.cpio" >"$scratch/initrd"
}

# boot ARG...: runs the guest until it ends; its console is ours. Returns the status of the command, 124 when time is over, 125 when the
# guest ended without a status.
boot() {
  local status=0 end
  archive_run "$@"
  # The guest drives its own machine: the monitor and a serial port of the guest share two pipes, crossed.
  mkfifo "$scratch"/monitor.{in,out}
  ln -s monitor.in "$scratch/guest.out"
  ln -s monitor.out "$scratch/guest.in"
  rm -f "$run/status"
  # without stdin no key goes to the console; QEMU's doubts about -cpu max, and about cables that are pulled, are not ours
  timeout --foreground -k 5 "$limit" qemu-system-x86_64 -name niclab -no-user-config -nodefaults -no-reboot -display none \
    -machine q35,usb=off,smbus=off,sata=off -accel tcg,thread=multi,tb-size=256 -cpu max,la57=off -smp "$cpus" -m "$memory" \
    -kernel "$kernel" -initrd "$scratch/initrd" \
    -append "console=ttyS0 panic=-1 quiet tsc=reliable mitigations=off nokaslr net.ifnames=0 $boot_options" \
    -chardev stdio,id=console,signal=off -serial chardev:console \
    -chardev "file,id=status,path=$run/status" -serial chardev:status \
    -chardev "pipe,id=monitor,path=$scratch/monitor" -mon chardev=monitor,mode=control \
    -device virtio-serial-pci -chardev "pipe,id=guest,path=$scratch/guest" \
    -device virtserialport,chardev=guest,name=niclab.qmp \
    -object rng-random,id=random,filename=/dev/urandom -device virtio-rng-pci,rng=random \
    "${cards[@]}" </dev/null 2> >(grep -v "TCG doesn't support\|CPUID\|has no peer\|not connected to host" >&2) &
  machine=$!
  wait "$machine" || status=$?
  machine=
  if ((status == 124 || status == 137)); then
    printf '%s: the guest took longer than %s s\n' "$ifqd_script" "$limit" >&2
    return 124
  fi
  end=$(tr -dc 0-9 <"$run/status" 2>/dev/null || true)
  return "${end:-125}"
}
