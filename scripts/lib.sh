# shellcheck shell=bash
# Sourced by scripts/ifqd, demo and test: the JDK, missing tools, the build. Needs bash, and set -e in the caller.

# `cd` into the tree's root rather than ../ in the name, so that messages show a clean path.
ifqd_root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
ifqd_jar=$ifqd_root/forwarder/target/ifqd.jar
# shellcheck disable=SC2034 # used by the scripts that source this file
ifqd_script=${0##*/}
# shellcheck disable=SC2034
ifqd_aot=$ifqd_root/forwarder/target/ifqd.aot
readonly ifqd_root ifqd_jar ifqd_script ifqd_aot
readonly jdk_wanted=25

# Access flags: FFM for the data path, Unsafe for jnr-ffi. The serial collector starts fastest and has nothing to do:
# the data path allocates nothing. A fixed small heap keeps a forwarder's memory predictable.
#
# The compilers (forwarder/docs/bench-startup.md has the numbers):
# - Trap limits 0: code has all branches, also those that no frame has taken so far. Else the first frame that takes one throws
#   the worker back into the interpreter, in the middle of traffic, for as long as its ring holds frames and longer.
# - Threshold scaling: code of the start is left to the interpreter, code of ours is compiled early.
# - dontinline: where a batch is handed on. Each piece is then compiled once, and not again in each of its callers.
# - exclude: the loop that rehearses; it would be the largest of all.
# shellcheck disable=SC2034
readonly jvm_options=(
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
  -XX:+UseSerialGC -Xms96m -Xmn64m -Xmx256m
  -XX:PerMethodTrapLimit=0 -XX:PerBytecodeTrapLimit=0
  -XX:CompileThresholdScaling=6
  -XX:CompileCommand=quiet
  '-XX:CompileCommand=CompileThresholdScaling,org.ifqd.*::*,0.4'
  -XX:CompileCommand=dontinline,org.ifqd.bridge.LoopGuard::inspect
  -XX:CompileCommand=dontinline,org.ifqd.ifq.Ifnet::enqueue
  -XX:CompileCommand=dontinline,org.ifqd.port.packet.PacketReceiver::receive
  -XX:CompileCommand=dontinline,org.ifqd.port.packet.PacketTransmitter::start
  -XX:CompileCommand=dontinline,org.ifqd.port.packet.PacketTransmitter::place
  -XX:CompileCommand=dontinline,org.ifqd.port.packet.PacketTransmitter::kick
  -XX:CompileCommand=exclude,org.ifqd.bridge.Rehearsal::rounds
)

die() { # die STATUS MESSAGE...
  local status=$1
  shift
  printf '%s: %s\n' "$ifqd_script" "$*" >&2
  exit "$status"
}

# The feature version of the Java installation in directory $1, or 0. Reads its `release` file: a JVM start costs 40 ms.
jdk_version() {
  local line version=0
  if [[ -x $1/bin/java && -r $1/release ]]; then
    while IFS= read -r line; do
      [[ $line =~ ^JAVA_VERSION=\"?([0-9]+) ]] && version=${BASH_REMATCH[1]}
    done <"$1/release"
  fi
  printf '%s\n' "$version"
}

# Sets `jdk`: $JAVA_HOME if it is new enough, else the newest in /usr/lib/jvm, else the one whose java is on the PATH.
find_jdk() {
  local candidate version newest=0
  jdk=
  if [[ -n ${JAVA_HOME-} ]] && (($(jdk_version "$JAVA_HOME") >= jdk_wanted)); then
    jdk=$JAVA_HOME
    return
  fi
  for candidate in /usr/lib/jvm/*; do
    version=$(jdk_version "$candidate")
    if ((version >= jdk_wanted && version > newest)); then
      jdk=$candidate newest=$version
    fi
  done
  [[ -z $jdk ]] || return 0
  if candidate=$(command -v java); then
    candidate=$(readlink -f "$candidate")
    candidate=${candidate%/bin/java}
    if (($(jdk_version "$candidate") >= jdk_wanted)); then
      jdk=$candidate
      return
    fi
  fi
  die 1 "no JDK $jdk_wanted or newer in JAVA_HOME, /usr/lib/jvm or on the PATH;" \
    "install one (Debian: temurin-25-jdk or openjdk-25-jdk) or set JAVA_HOME to it"
}

# The Debian package of a command, where the name differs.
package_of() {
  case $1 in
    mvn) echo maven ;;
    trafgen) echo netsniff-ng ;;
    dpdk-testpmd) echo dpdk-dev ;;
    tcpbridge) echo tcpreplay ;;
    nft) echo nftables ;;
    ip | tc) echo iproute2 ;;
    strip) echo binutils ;;
    systemd-analyze) echo systemd ;;
    ping) echo iputils-ping ;;
    setpriv | taskset | flock) echo util-linux ;;
    depmod | modprobe) echo kmod ;;
    qemu-system-x86_64) echo qemu-system-x86 ;;
    sysctl) echo procps ;;
    script) echo bsdutils ;;
    libpcap) echo libpcap0.8 ;;
    *) echo "$1" ;;
  esac
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=120 \
    install --no-install-recommends "$@" </dev/null
}

# A command, or a library by its name without a version.
have() {
  case $1 in
    lib*) PATH=$PATH:/sbin ldconfig -p | grep -q "^\s$1\.so" ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# Installs what is missing of the named commands and libraries. The package lists are refreshed only when the first try fails:
# a new machine has none, an old one has stale ones.
need() {
  local command log missing=()
  for command in "$@"; do
    have "$command" || missing+=("$(package_of "$command")")
  done
  ((${#missing[@]})) || return 0
  ((EUID == 0)) || die 2 "missing: ${missing[*]}; install: sudo apt-get install ${missing[*]}"
  command -v apt-get >/dev/null || die 2 "missing: ${missing[*]}; there is no apt-get here, install them by hand"
  printf '%s: installing %s\n' "$ifqd_script" "${missing[*]}" >&2
  log=$(mktemp)
  if ! apt_install "${missing[@]}" >"$log" 2>&1 \
    && ! { apt-get -qq update </dev/null && apt_install "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    die 1 "apt-get could not install ${missing[*]}"
  fi
  rm -f "$log"
}

# Maven on the JDK found: the toolchain plugin then needs no luck to find it too. The options only keep the JVM from warning
# about Maven's own libraries.
run_mvn() {
  (
    cd "$ifqd_root" || exit
    export JAVA_HOME=$jdk
    export MAVEN_OPTS="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS-}"
    exec mvn -B -ntp -Dstyle.color=never "$@" </dev/null
  )
}

# The directories count too: a deleted source changes only those.
jar_is_stale() {
  [[ ! -e $ifqd_jar ]] || [[ -n $(cd "$ifqd_root" \
    && find pom.xml native/pom.xml native/src/main forwarder/pom.xml forwarder/src/main -newer "$ifqd_jar" -print -quit) ]]
}

# Builds the jar if it is missing or older than a source, one build at a time. Silent unless it fails.
build_if_stale() {
  jar_is_stale || return 0
  [[ -w $ifqd_root ]] || { [[ ! -e $ifqd_jar ]] || return 0; } # someone else's tree: run what is there
  need mvn flock
  [[ -x $jdk/bin/javac ]] || die 1 "$jdk has no compiler (javac); install the JDK, not only the runtime"
  (
    flock 9
    jar_is_stale || exit 0 # built by the one we waited for
    printf '%s: building\n' "$ifqd_script" >&2
    started=$(mktemp)
    log=$(mktemp)
    trap 'rm -f "$started" "$log"' EXIT
    if ! run_mvn -q -Dmaven.test.skip=true -Dspotless.check.skip=true package >"$log" 2>&1 9<&-; then
      cat "$log" >&2
      exit 1
    fi
    touch -r "$started" "$ifqd_jar" # a source edited during the build is newer than this
  ) 9<"$ifqd_root/pom.xml" || die 1 "the build failed"
}

# Builds the JMH benchmarks and sets `classpath` to a copy in directory $1, which a build in this tree does not take away from a
# benchmark that runs.
build_benchmarks() {
  run_mvn -q -Pbench -DskipTests -Dspotless.check.skip=true test-compile dependency:build-classpath \
    -Dmdep.outputFile=target/bench.classpath
  cp -r "$ifqd_root"/forwarder/target/{classes,test-classes} "$1"
  # shellcheck disable=SC2034 # used by the benchmarks
  classpath=$1/test-classes:$1/classes:$(<"$ifqd_root/forwarder/target/bench.classpath")
}

# Makes the AOT cache if it is older than the jar. It only saves time: whatever goes wrong, ifqd starts without. An empty file
# stands for a cache that could not be made, so that it is tried once for each build.
aot_if_stale() {
  [[ $ifqd_jar -nt $ifqd_aot && -w $ifqd_root/forwarder/target ]] || return 0
  (
    flock 9
    [[ $ifqd_jar -nt $ifqd_aot ]] || exit 0 # made by the one we waited for
    "$ifqd_root/scripts/aot" "$jdk" "$ifqd_jar" "$ifqd_aot" >/dev/null 2>&1 9<&- || : >"$ifqd_aot"
  ) 9<"$ifqd_root/pom.xml" || true
}
