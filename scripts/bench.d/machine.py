"""What a number was measured on, and how a measurement is asked for."""

import argparse
import os
import platform
import re
import subprocess
import sys


def cpu():
    with open("/proc/cpuinfo") as lines:
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    family = ""
    with open("/proc/cpuinfo") as text:
        found = re.search(r"cpu family\s*: (\d+)\nmodel\s*: (\d+)", text.read())
        if found:
            family = f" (family {found[1]} model {found[2]})"
    virtual = ", virtual machine" if os.path.exists("/sys/hypervisor") or "hypervisor" in open("/proc/cpuinfo").read() else ""
    return f"{names[0] if names else platform.machine()}{family}, {os.cpu_count()} cores{virtual}"


def kernel():
    return f"Linux {platform.release()}"


def java():
    """The build of the JDK that the environment names in JAVA."""
    return subprocess.run([os.environ["JAVA"], "--version"], stdout=subprocess.PIPE, text=True).stdout.splitlines()[1]


class Arguments(argparse.ArgumentParser):
    """A wrong argument gets one line."""

    def error(self, message):
        print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)
        sys.exit(2)
