# shellcheck shell=bash
# shellcheck disable=SC2154 # the variables of scripts/niclab
# Sourced by scripts/niclab: what the guest is made of. Kernel and file system come from Debian packages and this machine's tools, and
# are kept in $cache under the hash of what went in.

readonly guest_tools=(
  bash ip ethtool tcpdump iperf3 trafgen ping socat setpriv timeout stdbuf sha256sum
)
readonly guest_modules=(
  virtio_pci virtio_console e1000e e1000 vmxnet3 igb 8139cp virtio_net af_packet nf_tables bridge
  vxlan geneve ip_gre ipip sit ip6_gre ip6_tunnel
)

# Where packages come from: this machine's own suites, or, after from_suite, that one, with lists of its own.
suite='' qemu_suite=''
apt_options=()
package_cache=$cache

# from_suite SUITE: a suite of Debian's, for example trixie-backports. What was downloaded stays in the cache, also when the suite moves on.
from_suite() {
  package_cache=$cache/$1
  mkdir -p "$package_cache/lists/partial"
  printf 'deb [arch=amd64] http://deb.debian.org/debian %s main\n' "$1" >"$package_cache/suite.list"
  apt_options=(-o "Dir::Etc::sourcelist=$package_cache/suite.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$package_cache/lists")
}

# deb PACKAGE: sets `deb` to the package's file, downloaded without installing it.
deb() {
  mkdir -p "$package_cache/debs"
  deb=$(find "$package_cache/debs" -name "$1_*.deb" -print -quit)
  [[ -z $deb ]] || return 0
  (
    cd "$package_cache/debs"
    # where apt's own user cannot write, apt warns and downloads as root
    apt-get "${apt_options[@]}" -qq download "$1" 2>/dev/null || {
      apt-get "${apt_options[@]}" -qq update && apt-get "${apt_options[@]}" -qq download "$1"
    } 2> >(grep -v unsandboxed >&2) >&2
  ) || die 125 "apt-get could not download $1"
  deb=$(find "$package_cache/debs" -name "$1_*.deb" -print -quit)
}

# unpacked PACKAGE...: sets `unpacked` to a directory with the packages' files.
unpacked() {
  local package debs=()
  for package; do
    deb "$package"
    debs+=("$deb")
  done
  unpacked=$package_cache/unpacked/$(basename "${debs[0]}" .deb)
  [[ ! -d $unpacked ]] || return 0
  mkdir -p "$package_cache/unpacked"
  rm -rf "$unpacked.new"
  for deb in "${debs[@]}"; do dpkg-deb -x "$deb" "$unpacked.new"; done
  mv "$unpacked.new" "$unpacked"
}

# Sets `kernel` to an image to boot, `kernel_tree` to its packages' files, `kernel_version`.
find_kernel() {
  local package image
  package=$(kernel_package)
  [[ -n $package ]] || { apt-get "${apt_options[@]}" -qq update 2> >(grep -v unsandboxed >&2) && package=$(kernel_package); }
  [[ -n $package ]] || die 125 "no linux-image-amd64 in apt's lists"
  kernel_version=${package#linux-image-}
  if [[ $(apt-cache "${apt_options[@]}" depends "$package") == *linux-binary-"$kernel_version"* ]]; then # since Linux 7
    unpacked linux-{binary,modules,base}-"$kernel_version"
    image=$unpacked/usr/lib/modules/$kernel_version/vmlinuz
  else
    unpacked "$package"
    image=$unpacked/boot/vmlinuz-$kernel_version
  fi
  kernel_tree=$unpacked
  [[ -e $kernel_tree/lib ]] || ln -s usr/lib "$kernel_tree/lib"
  [[ -e $kernel_tree/lib/modules/$kernel_version/modules.dep ]] || depmod -b "$kernel_tree" "$kernel_version"
  kernel=$cache/vmlinux-$kernel_version
  [[ -s $kernel ]] || uncompress_kernel "$image"
}

# Sets `qemu` to the emulator as a command, and what it needs to find its files: this machine's, or that of `qemu_suite`.
find_qemu() {
  qemu=(qemu-system-x86_64)
  [[ -n $qemu_suite ]] || return 0
  from_suite "$qemu_suite"
  unpacked qemu-system-x86 qemu-system-data seabios
  qemu=("$unpacked/usr/bin/qemu-system-x86_64" -L "$unpacked/usr/share/qemu" -L "$unpacked/usr/share/seabios")
  "${qemu[@]}" --version >/dev/null || die 125 "QEMU of $qemu_suite does not start: install what it misses"
}

# The newest kernel's own package: the one that the meta package names.
kernel_package() {
  { apt-cache "${apt_options[@]}" depends linux-image-amd64 2>/dev/null || true; } | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1
}

# Takes the ELF out of a bzImage: the machine starts it directly (PVH), and nobody uncompresses it anew in each guest. Where it is
# packed in another way than by xz, the bzImage serves as well.
uncompress_kernel() {
  python3 - "$1" "$kernel.new" <<'END' 2>/dev/null || cp "$1" "$kernel.new"
import lzma, sys
image = open(sys.argv[1], "rb").read()
with open(sys.argv[2], "wb") as out:
    out.write(lzma.LZMADecompressor().decompress(image[image.index(b"\xfd7zXZ\0"):]))
END
  mv "$kernel.new" "$kernel"
}

# layer NAME KEY FUNCTION: sets `layer` to a cpio archive of what FUNCTION puts into the directory that it is given.
layer() {
  local root=$scratch/$1
  layer=$cache/$1-$2.cpio
  if [[ -s $layer ]]; then
    touch "$layer"
    return
  fi
  printf '%s: making the guest: %s\n' "$ifqd_script" "$1" >&2
  mkdir "$root"
  "$3" "$root"
  archive "$root" "$layer"
  rm -rf "$root"
}

archive() { # archive DIRECTORY FILE
  (cd "$1" && find . | "$busybox" cpio -o -H newc 2>/dev/null) >"$2.new"
  mv "$2.new" "$2"
}

key() { sha256sum | cut -c 1-16; }

# Linux without ifqd.
system() {
  local applet tool path library module
  mkdir -p "$1"/{dev,proc,sys,tmp,run,root,etc,usr/bin,usr/lib,usr/lib/modules}
  for link in bin:usr/bin sbin:usr/bin lib:usr/lib lib64:usr/lib usr/sbin:bin usr/lib64:lib var:.; do
    ln -s "${link#*:}" "$1/${link%%:*}"
  done
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$1/etc/passwd"
  printf 'root:x:0:\n' >"$1/etc/group"
  printf '127.0.0.1 localhost guest\n' >"$1/etc/hosts"

  cp "$busybox" "$1/usr/bin/"
  for applet in $("$busybox" --list); do
    [[ $applet == busybox ]] || ln -s busybox "$1/usr/bin/$applet"
  done
  for tool in "${guest_tools[@]}"; do
    path=$(command -v "$tool")
    rm -f "$1/usr/bin/$tool"
    cp -L "$path" "$1/usr/bin/$tool"
    libraries "$path"
  done >"$scratch/libraries"
  # those that the JVM, jffi and libpcap load by name
  for library in libz.so.1 libdl.so.2 librt.so.1 libpthread.so.0 libm.so.6 libgcc_s.so.1 libpcap.so.0.8 libsystemd.so.0; do
    path=$(ldconfig -p | sed -n "s:^\s*${library//./\\.} .* => ::p" | head -n 1)
    [[ -z $path ]] || { printf '%s\n' "$path"; libraries "$path"; }
  done >>"$scratch/libraries"
  sort -u "$scratch/libraries" | while read -r path; do
    cp -L "$path" "$1/usr/lib/"
  done

  for module in "${guest_modules[@]}"; do
    modprobe -d "$kernel_tree" -S "$kernel_version" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | sort -u | while read -r path; do
    module=$1/usr/lib/modules/${path#*/lib/modules/}
    case $path in
      *.xz) install -D -m 644 <(xz -dc "$path") "${module%.xz}" ;;
      *) install -D -m 644 "$path" "$module" ;;
    esac
  done
  cp "$kernel_tree/lib/modules/$kernel_version"/modules.{builtin,builtin.modinfo,order} "$1/usr/lib/modules/$kernel_version/"
  depmod -b "$1" "$kernel_version"
}

libraries() { ldd "$1" | grep -o '/[^ ]*\.so[^ ]*' || true; }

# ifqd as it is installed.
program() {
  lay_out_program "$1"
  cache_program "$1" "$(date +%s)" || printf '%s: the guest starts ifqd without an AOT cache\n' "$ifqd_script" >&2
}

# Sets `kernel`, and `layers` to the archives that make the guest's file system. One at a time.
build_guest() {
  local tool
  mkdir -p "$cache"
  exec 8>"$cache/lock"
  flock 8
  find "$cache" -maxdepth 1 -name '*.cpio*' -mtime +7 -delete
  unpacked busybox-static
  busybox=$unpacked/bin/busybox
  find_qemu
  [[ -z $suite ]] || from_suite "$suite"
  find_kernel
  layer system "$({
    cat "$niclab_parts/guest.sh"
    printf '%s\n' "$kernel_tree" "$busybox"
    for tool in "${guest_tools[@]}"; do cat "$(command -v "$tool")"; done
  } | key)" system
  layers=("$layer")
  layer ifqd "$(cat "$ifqd_jar" "$jdk/release" "$ifqd_root"/scripts/{program.sh,lib.sh,aot} | key)" program
  layers+=("$layer")
  exec 8>&-
}
