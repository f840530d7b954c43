#!/usr/bin/env bash
# start-up: exec to the first forwarded frame, and the loss of the first second, with and without the AOT cache; [--quick]; root
set -euo pipefail
scripts=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$scripts/lib.sh"

need python3
measure=$scripts/bench.d/startup.py docs=$ifqd_root/forwarder/docs
case " $* " in *" --help "* | *" -h "*) exec python3 "$measure" --help ;; esac
python3 "$measure" --check "$@" || exit
[[ " $* " != *" --quick "* ]] || docs=$ifqd_root/forwarder/target/bench-startup
((EUID == 0)) || die 2 "needs root for a network namespace and raw sockets: sudo scripts/bench startup"
need ip ethtool gcc taskset unshare
find_jdk
build_if_stale
aot_if_stale

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
gcc -O2 -Wall -o "$scratch/generator" "$scripts/bench.d/generator.c" || die 1 "the generator does not compile"
# The namespace has no name and is gone with its last process.
JAVA=$jdk/bin/java unshare --net --kill-child=TERM --fork --pid --mount-proc \
  python3 "$measure" --launcher "$scripts/ifqd" --generator "$scratch/generator" --docs "$docs" "$@"
