#!/usr/bin/env bash
# what the core costs a frame (JMH), against locks and a lock-free queue; [--quick] 3 minutes instead of 10
set -euo pipefail
scripts=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$scripts/lib.sh"

# A quick run is for looking; only a full one writes the report into docs.
docs=forwarder/docs passes=2 warmup=(-wi 3 -w 300ms) measure=(-i 5 -r 400ms)
if [[ ${1:-} == --quick ]]; then
  shift
  docs=forwarder/target/bench-core passes=1 warmup=(-wi 3 -w 200ms) measure=(-i 4 -r 200ms)
fi

cd "$ifqd_root"
need mvn python3
find_jdk
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
build_benchmarks "$scratch"

mkdir -p "$docs"
rm -f forwarder/target/bench-core-*.json
# Passes over everything, not forks of each: other work on the machine then meets all cells alike.
for ((pass = 1; pass <= passes; pass++)); do
  "$jdk/bin/java" --sun-misc-unsafe-memory-access=allow -cp "$classpath" org.openjdk.jmh.Main org.ifqd.bench.CoreBench \
    -f 1 "${warmup[@]}" "${measure[@]}" -prof gc -foe true -rf json -rff "forwarder/target/bench-core-$pass.json" \
    -jvmArgs '-XX:+UseSerialGC -Xms256m -Xmx256m --sun-misc-unsafe-memory-access=allow' "$@"
done
python3 scripts/bench.d/core_report.py "$docs" forwarder/target/bench-core-*.json
