#!/usr/bin/env bash
# what a frame costs in Java from receive ring to transmit ring, by backend, without the kernel (JMH); [--quick] 1 minute instead of 4
set -euo pipefail
scripts=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$scripts/lib.sh"

measure=(-f 3 -wi 5 -w 500ms -i 10 -r 500ms)
if [[ ${1:-} == --quick ]]; then
  shift
  measure=(-f 1 -wi 3 -w 500ms -i 5 -r 500ms)
fi

cd "$ifqd_root"
need mvn
find_jdk
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
build_benchmarks "$scratch"

"$jdk/bin/java" --sun-misc-unsafe-memory-access=allow -cp "$classpath" org.openjdk.jmh.Main org.ifqd.bridge.PathBench \
  "${measure[@]}" -prof gc -foe true -rf json -rff forwarder/target/bench-path.json \
  -jvmArgs '-XX:+UseSerialGC -Xms256m -Xmx256m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow' "$@"
