"""Frames for the oracle: a grammar of headers, each in each, with a virtio_net_hdr; and mutations of them."""

import struct

NEEDS_CSUM, DATA_VALID = 1, 2
GSO_NONE, GSO_TCPV4, GSO_UDP, GSO_TCPV6, GSO_UDP_L4, GSO_ECN = 0, 1, 3, 4, 5, 0x80
TCP, UDP, SCTP, ICMP = 6, 17, 132, 1
MAC = bytes.fromhex("02000000aa01" "02000000aa02")


def ones_sum(data, start=0):
    if len(data) % 2:
        data += b"\0"
    total = start + sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def checksum(data, start=0):
    return ~ones_sum(data, start) & 0xFFFF


class Grammar:
    """Makes frames by a random number generator; the same one makes the same frames."""

    def __init__(self, rng):
        self.rng = rng

    def ipv4(self, protocol, payload, fragment=0):
        rng = self.rng
        options = b"" if rng.random() < 0.9 else bytes([68, 8, 5, 0, 0, 0, 0, 0])
        header = bytearray(struct.pack(
            "!BBHHHBBH4s4s", 0x45 + len(options) // 4, rng.choice((0, 3)), min(20 + len(options) + len(payload), 0xFFFF),
            rng.randrange(1, 0xFF00), fragment or rng.choice((0, 0x4000)), 64, protocol, 0,
            b"\xc6\x12\x09\x01", b"\xc6\x12\x09\x02")) + options
        header[10:12] = struct.pack("!H", checksum(bytes(header)))
        return bytes(header) + payload

    def ipv6(self, protocol, payload):
        rng = self.rng
        extensions = rng.choice(([], [], [], [0], [60], [0, 60]))
        for kind in reversed(extensions):
            payload = bytes([protocol, 0, 1, 4, 0, 0, 0, 0]) + payload
            protocol = kind
        return struct.pack("!IHBB", 6 << 28 | rng.choice((0, 0x300000)), min(len(payload), 0xFFFF), protocol, 64) \
            + bytes.fromhex("fd000000000000000000000000000001" "fd000000000000000000000000000002") + payload

    def transport(self, v6, kind, payload, partial):
        """Header and payload, and where in them the checksum goes."""
        rng = self.rng
        ports = struct.pack("!HH", rng.randrange(1024, 60000), rng.choice((53, 80, 5001)))
        if kind == TCP:
            options = rng.choice((b"", bytes([1, 1, 8, 10]) + bytes(8)))
            head = ports + struct.pack("!IIBBHHH", rng.randrange(1 << 32), 1, (5 + len(options) // 4) << 4,
                                       rng.choice((0x10, 0x18, 0x19, 0x90, 0xD8)), 500, 0, 0) + options
            field = 16
        elif kind == UDP:
            head, field = ports + struct.pack("!HH", min(8 + len(payload), 0xFFFF), 0), 6
        else:
            head, field = ports + struct.pack("!II", 7, 0), 8
        data = bytearray(head + payload)
        if kind == SCTP:
            return bytes(data), field
        addresses = bytes.fromhex("fd000000000000000000000000000001" "fd000000000000000000000000000002") if v6 \
            else b"\xc6\x12\x09\x01\xc6\x12\x09\x02"
        pseudo = ones_sum(addresses + struct.pack("!IHH", len(data), 0, kind))
        value = pseudo if partial else checksum(bytes(data), pseudo) or 0xFFFF
        data[field:field + 2] = struct.pack("!H", value)
        return bytes(data), field

    def make(self):
        """A virtio_net_hdr and a frame."""
        rng = self.rng
        shape = rng.random()
        if shape < 0.06:
            return bytes(10), self.odd()
        v6 = rng.random() < 0.4
        kind = rng.choice((TCP, TCP, TCP, UDP, UDP, SCTP))
        gso = kind != SCTP and rng.random() < 0.55
        partial = rng.random() < 0.85
        tunnel = rng.choice(TUNNELS) if rng.random() < 0.55 else None
        tags = [rng.choice((0x8100, 0x88A8)) for _ in range(rng.choice((0, 0, 0, 1, 1, 2, 3)))]
        size = rng.randrange(100, 1200)
        payload = rng.randbytes(rng.randrange(1, 12) * size + rng.randrange(size) if gso else rng.randrange(0, 1200))
        data, field = self.transport(v6, kind, payload, partial)
        inner = self.ipv6(kind, data) if v6 else self.ipv4(kind, data)
        ether = 0x86DD if v6 else 0x0800
        if tunnel:
            ether, packet = tunnel(self, ether, inner)
        else:
            packet = inner
        frame = MAC
        for tag in tags:
            frame += struct.pack("!HH", tag, rng.randrange(1, 4095))
        frame += struct.pack("!H", ether) if ether is not None else b""
        frame += packet
        start = len(frame) - len(data)
        header = start + (((data[12] >> 4) * 4) if kind == TCP else 8 if kind == UDP else 12)
        gso_type = GSO_NONE
        if gso:
            gso_type = (GSO_TCPV6 if v6 else GSO_TCPV4) if kind == TCP else GSO_UDP_L4
            if kind == TCP and data[13] & 0x80:
                gso_type |= GSO_ECN
        return struct.pack("<BBHHHH", NEEDS_CSUM if partial else rng.choice((0, 0, DATA_VALID)), gso_type,
                           header if gso else 0, size if gso else 0, start if partial else 0, field if partial else 0), frame

    def odd(self):
        """What no grammar of IP makes: ARP, short frames, fragments, other types, LLC."""
        rng = self.rng
        kind = rng.randrange(6)
        if kind == 0:
            return b"\xff" * 6 + MAC[6:] + bytes.fromhex("08060001080006040001") + rng.randbytes(20)
        if kind == 1:
            return MAC + struct.pack("!H", rng.choice((0x88CC, 0x9001, 0x8100, 0x88A8, 0x0842))) + rng.randbytes(rng.randrange(0, 50))
        if kind == 2:
            return MAC + struct.pack("!H", 0x0800) + self.ipv4(UDP, rng.randbytes(64), rng.choice((0x2000, 0x0010)))
        if kind == 3:
            body = rng.randbytes(rng.randrange(3, 60))
            return MAC + struct.pack("!H", len(body)) + body
        if kind == 4:
            return MAC + struct.pack("!H", 0x0800) + self.ipv4(UDP, rng.randbytes(1480))  # as long as the MTU lets it be
        return MAC + struct.pack("!H", 0x86DD) + self.ipv6(44, bytes([UDP, 0, 0, 1]) + rng.randbytes(40))

    def mutate(self, vnet, frame):
        """One to three bytes changed, never the addresses; or the frame cut short."""
        rng = self.rng
        vnet, frame = bytearray(vnet), bytearray(frame)
        if rng.random() < 0.1:
            del frame[rng.randrange(14, len(frame) + 1):]
        for _ in range(rng.randrange(1, 4)):
            if rng.random() < 0.35:
                vnet[rng.randrange(10)] = rng.choice((0, 1, 2, 3, 4, 5, 8, 16, 0x40, 0x80, 0x81, 0xFF, rng.randrange(256)))
            elif len(frame) > 12:
                at = rng.randrange(12, min(len(frame), 160))
                frame[at] = rng.randrange(256) if rng.random() < 0.5 else frame[at] ^ 1 << rng.randrange(8)
        return bytes(vnet), bytes(frame)


def _ethernet(ether, inner):
    return MAC[6:] + MAC[:6] + struct.pack("!H", ether) + inner


def _udp(g, port, payload, with_sum, v6):
    data = bytearray(struct.pack("!HHHH", 50000, port, min(8 + len(payload), 0xFFFF), 0) + payload)
    if with_sum:
        addresses = bytes.fromhex("fd000000000000000000000000000001" "fd000000000000000000000000000002") if v6 \
            else b"\xc6\x12\x09\x01\xc6\x12\x09\x02"
        pseudo = ones_sum(addresses + struct.pack("!IHH", len(data), 0, UDP))
        data[6:8] = struct.pack("!H", checksum(bytes(data), pseudo) or 0xFFFF)
    return _outer(g, UDP, bytes(data), v6)


def _outer(g, protocol, payload, v6):
    return (0x86DD, g.ipv6(protocol, payload)) if v6 else (0x0800, g.ipv4(protocol, payload))


def vxlan(g, ether, inner):
    return _udp(g, 4789, bytes.fromhex("0800000000000700") + _ethernet(ether, inner), g.rng.random() < 0.3, g.rng.random() < 0.3)


def geneve(g, ether, inner):
    options = g.rng.choice((b"", bytes.fromhex("0102030100000000")))
    head = bytes([len(options) // 4, 0]) + bytes.fromhex("655800000700") + options
    return _udp(g, 6081, head + _ethernet(ether, inner), g.rng.random() < 0.3, False)


def gre(g, ether, inner):
    key = g.rng.random() < 0.5
    return _outer(g, 47, struct.pack("!HH", 0x2000 if key else 0, ether) + (b"\0\0\0\x07" if key else b"") + inner, g.rng.random() < 0.3)


def gretap(g, ether, inner):
    return _outer(g, 47, struct.pack("!HH", 0, 0x6558) + _ethernet(ether, inner), False)


def ip_in_ip(g, ether, inner):
    return _outer(g, 4 if ether == 0x0800 else 41, inner, g.rng.random() < 0.4)


def pppoe(g, ether, inner):
    return 0x8864, struct.pack("!BBHHH", 0x11, 0, 1, min(len(inner) + 2, 0xFFFF), 0x21 if ether == 0x0800 else 0x57) + inner


def mpls(g, ether, inner):
    return 0x8847, bytes.fromhex("0001004000010140") + inner


TUNNELS = (vxlan, vxlan, geneve, gre, gretap, ip_in_ip, ip_in_ip, pppoe, mpls)
