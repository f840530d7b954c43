# shellcheck shell=bash
# Sourced by package and niclab, in place of lib.sh: ifqd as it is installed, with a Java runtime of its own (jlink), jars, native
# libraries and launcher. Needs the jar built, unzip and strip.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

readonly program_home=usr/lib/ifqd

# lay_out_program ROOT: puts it under ROOT/usr.
lay_out_program() {
  install -d -m 755 "$1/$program_home"
  runtime "$1/$program_home"
  cp -r "$ifqd_jar" "${ifqd_jar%/*}/lib" "$1/$program_home/"
  native_libraries "$1/$program_home/native"
  lighten "$1/$program_home/lib"
  launcher "$1/usr/bin"
  strip --strip-unneeded "$1/$program_home"/native/* "$1/$program_home"/runtime/bin/* \
    "$1/$program_home"/runtime/lib/{jexec,jspawnhelper} "$1/$program_home"/runtime/lib/*.so "$1/$program_home"/runtime/lib/server/*.so
}

# lighten DIRECTORY: takes out of the jars what is there twice, or for other machines: native parts.
lighten() {
  local jar
  rm -f "$1"/jffi-*-native.jar
  for jar in "$1"/jna-[0-9]*.jar "$1"/jline-terminal-[0-9]*.jar; do
    python3 - "$jar" <<'END'
import sys, zipfile
path = sys.argv[1]
with zipfile.ZipFile(path) as old:
    kept = [(i, old.read(i)) for i in old.infolist() if not i.filename.endswith((".so", ".dll", ".jnilib", ".dylib", ".a", ".lib"))]
with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
    for info, data in kept:
        new.writestr(info, data)
END
  done
}

# cache_program ROOT SECONDS: makes the AOT cache. Every file gets that time first: the cache knows the jars by size and time, and
# packages and archives keep whole seconds only.
cache_program() {
  find "$1" -exec touch -h -d "@$2" {} +
  "$ifqd_root/scripts/aot" "$1/$program_home/runtime" "$1/$program_home/ifqd.jar" "$1/$program_home/ifqd.aot"
  chmod 644 "$1/$program_home/ifqd.aot"
}

# The modules that the program and its libraries name, and those for people: flight recorder and jcmd.
runtime() {
  local modules jar classes
  classes=$(mktemp -d)
  for jar in "$ifqd_jar" "${ifqd_jar%/*}"/lib/*.jar; do # as on the class path: what the jars say of modules does not count
    unzip -q -o "$jar" '*.class' -x 'module-info.class' 'META-INF/*' -d "$classes" 2>/dev/null || (($? == 11))
  done
  modules=$("$jdk/bin/jdeps" --ignore-missing-deps --print-module-deps "$classes" 2>/dev/null | tail -n 1)
  rm -rf "$classes"
  # named, and never loaded: windows (jna, jline), JNDI (logback), java.sql.Timestamp (pcap4j); packaging/test runs without
  modules=$(tr , '\n' <<<"$modules" | grep -vxE 'java\.(desktop|naming|sql|prefs|xml)' | paste -sd ,)
  "$jdk/bin/jlink" --add-modules "$modules,java.logging,jdk.jfr,jdk.jcmd" --strip-debug --no-header-files --no-man-pages \
    --compress zip-9 --output "$1/runtime"
  # the class lists and tools that only a JDK needs
  rm -f "$1"/runtime/bin/{keytool,jwebserver} "$1/runtime/lib/classlist"
}

# Native parts of the libraries, which would otherwise unpack them into /tmp at each start.
native_libraries() {
  mkdir -p "$1"
  local lib=${ifqd_jar%/*}/lib machine
  machine=$(uname -m)
  unzip -q -o -j "$lib"/jffi-*-native.jar "jni/$machine-Linux/libjffi-*.so" -d "$1"
  if compgen -G "$lib/jna-*.jar" >/dev/null; then
    unzip -q -o -j "$lib"/jna-[0-9]*.jar "com/sun/jna/linux-${machine/_/-}/libjnidispatch.so" -d "$1"
  fi
  chmod 644 "$1"/*
}

launcher() {
  install -d "$1"
  cat >"$1/ifqd" <<END
#!/bin/sh
# Becomes the JVM, so that signals reach it. Environment: IFQD_JAVA_OPTS (added to the JVM's options).
# shellcheck disable=SC2086 # options are words
confined=
case \${1-} in
  bridge | run)
    # What forwards gets five capabilities, all threads of the JVM alike; it could only do that for threads yet to come.
    if [ "\$(id -u)" = 0 ]; then
      # What the service has left there is its user's, and without capabilities root is a user like any other. systemd gives it back.
      if [ -d /run/ifqd ] && [ ! -S /run/ifqd/control.sock ]; then chown 0:0 /run/ifqd; fi
      caps=-all,+net_raw,+net_admin,+bpf,+sys_nice,+ipc_lock
      confined="setpriv --bounding-set=\$caps --inh-caps=-all --no-new-privs"
      \$confined true 2>/dev/null || confined=
    fi
    ;;
esac
# What the JVM says of a crash is kept where the service may write.
report=\${STATE_DIRECTORY:+\$STATE_DIRECTORY/crash-%p.log}
# The JVM decodes names of interfaces by the locale, and knows nothing but ASCII in C.
case \${LC_ALL:-\${LC_CTYPE:-\${LANG:-C}}} in C | POSIX) export LC_ALL=C.UTF-8 ;; esac
exec \$confined /$program_home/runtime/bin/java $(printf '%q ' "${jvm_options[@]}")\\
  -XX:AOTCache=/$program_home/ifqd.aot -Xlog:aot=off,cds=off \\
  -Djffi.boot.library.path=/$program_home/native -Djna.boot.library.path=/$program_home/native -Djna.nounpack=true \\
  \${report:+"-XX:ErrorFile=\$report"} \\
  \${report:+"-XX:OnError=echo ifqd has crashed, please send \$report to its maintainers: /usr/share/doc/ifqd/README.md >&2"} \\
  \${IFQD_JAVA_OPTS-} -jar /$program_home/ifqd.jar "\$@"
END
  chmod 755 "$1/ifqd"
}
