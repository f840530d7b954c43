"""Odd frames for the suite, and whether they came through the wires as they were sent.

       frames.py write PASS DIRECTION    trafgen's description of the frames, DIRECTION C-D or D-C
       frames.py check C.pcap D.pcap PASS [--header BYTES] [--fault FAULT]    a line for each kind of frame: ok or FAIL

PASS, 0 to 255, tells apart what was sent at different times. --header: what the captures have in front of each frame, on cables that
offloads pass. --fault: what the driver is known to do to the outer tag.
"""

import argparse
import random
import struct

Q, AD, TEST = 0x8100, 0x88A8, 0x88B5


def tci(pcp, dei, vid):
    return pcp << 13 | dei << 12 | vid


# name: the tags, outermost first
KINDS = {
    "no tag": [],
    "802.1Q": [(Q, tci(0, 0, 42))],
    "802.1Q, PCP 5, DEI, VID 4094": [(Q, tci(5, 1, 4094))],
    "priority tag": [(Q, tci(3, 0, 0))],
    "priority tag, all zero": [(Q, 0)],
    "802.1ad": [(AD, tci(1, 0, 100))],
    "QinQ, 802.1ad and 802.1Q": [(AD, tci(2, 0, 100)), (Q, tci(6, 1, 42))],
    "QinQ, 802.1Q twice": [(Q, tci(0, 0, 100)), (Q, tci(7, 0, 42))],
    "QinQ, priority tag inside": [(AD, tci(4, 1, 7)), (Q, tci(3, 0, 0))],
    "three tags": [(AD, tci(0, 0, 1)), (AD, tci(0, 0, 2)), (Q, tci(0, 0, 3))],
}
ONE_Q = [name for name, tags in KINDS.items() if [tag for tag, _ in tags] == [Q]]
NOBODY = "020000009999"  # a bridge has to be promiscuous
DESTINATIONS = {
    "C-D": ["02000000000d", NOBODY, "ffffffffffff", "01005e000001"],
    "D-C": ["02000000000c", NOBODY, "ffffffffffff", "01005e000001"],
}
ENDS = {"C-D": 0xC0, "D-C": 0xD0}


def frames(number, direction):
    """[(kind, bytes)]: each kind in sizes from the shortest to the longest that Ethernet has for it."""
    out = []
    for kind, (name, tags) in enumerate(KINDS.items()):
        # one 802.1Q tag is on top of the longest frame; any other the kernel's packet sockets count as part of it
        longest = 1518 if name in ONE_Q else 1514
        for at, size in enumerate((60, 64, 590, longest)):
            destination = bytes.fromhex(DESTINATIONS[direction][at])
            source = bytes([2, 0, 0, ENDS[direction], number, kind * 16 + at])
            head = destination + source + b"".join(struct.pack("!HH", *tag) for tag in tags) + struct.pack("!H", TEST)
            body = random.Random(f"{name} {size}").randbytes(size - len(head))
            out.append((name, head + body))
    return out


def write(number, direction):
    for _, frame in frames(number, direction):
        print("{ " + ", ".join(f"0x{byte:02x}" for byte in frame) + " }")


def as_8021q(frame):
    return frame[:12] + b"\x81\x00" + frame[14:] if frame[12:14] == b"\x88\xa8" else frame


def without_priority(frame):
    return frame[:14] + bytes([frame[14] & 0x0F]) + frame[15:] if frame[12:14] == b"\x81\x00" else frame


# of drivers, with rxvlan on: how a frame comes out, and what to say of it
FAULTS = {
    "none": (lambda frame: frame, ""),
    "outer-8100": (as_8021q, "the outer tag arrives as 8100"),
    "no-priority": (without_priority, "the outer tag arrives without PCP and DEI"),
}


def captured(path, header):
    """The frames of a capture, in their order, without the header before each."""
    with open(path, "rb") as file:
        data = file.read()
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    at, out = 24, []
    while at + 16 <= len(data):
        (length,) = struct.unpack_from(order + "8xI", data, at)
        out.append(data[at + 16 + header : at + 16 + length])
        at += 16 + length
    return out


def shown(frame, sent):
    """Where two frames part, in words."""
    if frame is None:
        return "did not arrive"
    if len(frame) != len(sent):
        return f"{len(sent)} bytes sent, {len(frame)} arrived: {frame[12:30].hex(' ', 2)}"
    at = next(i for i in range(len(sent)) if frame[i] != sent[i])
    return f"byte {at}: {sent[at:at + 6].hex(' ', 2)} sent, {frame[at:at + 6].hex(' ', 2)} arrived"


def check(pcaps, number, header, fault):
    come_out, saying = FAULTS[fault]
    spoiled = set()
    verdicts = {name: [] for name in KINDS}
    for direction, far in (("C-D", pcaps[1]), ("D-C", pcaps[0])):
        arrived = [f for f in captured(far, header) if f[6:11] == bytes([2, 0, 0, ENDS[direction], number])]
        by_source = {}
        for frame in arrived:
            by_source.setdefault(frame[6:12], []).append(frame)
        sent = frames(number, direction)
        for name, frame in sent:
            got = by_source.get(frame[6:12], [])
            want = come_out(frame)
            if want != frame:
                spoiled.add(name)
            if len(got) > 1:
                verdicts[name].append(f"{direction}: arrived {len(got)} times")
            elif got != [want]:
                verdicts[name].append(f"{direction}, {len(frame)} bytes: {shown(got[0] if got else None, want)}")
        if [f[11] for f in arrived] != sorted(f[11] for f in arrived):
            verdicts["no tag"].append(f"{direction}: out of order")
    for name, faults in verdicts.items():
        if faults:
            print(f"FAIL frames: {name}: {'; '.join(faults[:2])}{f'; {len(faults) - 2} more' if len(faults) > 2 else ''}")
        elif name in spoiled:
            print(f"ok   frames: {name}: {saying}, a known fault of this driver with rxvlan on")
        else:
            print(f"ok   frames: {name}: 8 of 8 byte for byte, 60 to {1518 if name in ONE_Q else 1514} bytes, both ways")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write")
    writing.add_argument("number", type=int, metavar="PASS")
    writing.add_argument("direction", choices=ENDS)
    checking = commands.add_parser("check")
    checking.add_argument("pcaps", nargs=2, metavar="PCAP")
    checking.add_argument("number", type=int, metavar="PASS")
    checking.add_argument("--header", type=int, default=0, metavar="BYTES")
    checking.add_argument("--fault", choices=FAULTS, default="none")
    asked = parser.parse_args()
    if asked.command == "write":
        write(asked.number, asked.direction)
    else:
        check(asked.pcaps, asked.number, asked.header, asked.fault)


if __name__ == "__main__":
    main()
