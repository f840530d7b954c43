package org.ifqd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressMessageTest {

    /** RFC 5952, sections 4 and 5. */
    @ParameterizedTest
    @CsvSource({
        "20010db8000000000000000000000001, 2001:db8::1",
        "20010db8000000000001000000000001, 2001:db8::1:0:0:1",
        "20010db8000000010001000100010001, 2001:db8:0:1:1:1:1:1",
        "20010db8000100000000000100000000, 2001:db8:1::1:0:0",
        "20010db8000100020003000400050000, 2001:db8:1:2:3:4:5:0",
        "00000000000000000000000000000000, ::",
        "00000000000000000000000000000001, ::1",
        "fe800000000000000000000000000000, fe80::",
        "fe80000000000000ABCD00ff0a000001, fe80::abcd:ff:a00:1",
        "00000000000000000000ffffc0000201, ::ffff:192.0.2.1",
        "00010002000300040005000600070008, 1:2:3:4:5:6:7:8",
        "c0000201, 192.0.2.1",
        "ffffffff, 255.255.255.255",
    })
    void writesAddressesTheUsualWay(String hex, String text) {
        MessageBytes message = MessageBytes.ifaddrmsg(0, 24, 253, 5)
                .attribute(RtnetlinkLayout.IFA_ADDRESS, HexFormat.of().parseHex(hex));
        Address address = parse(message).orElseThrow();
        assertEquals(new Address(5, text, 24, Address.RT_SCOPE_LINK), address);
        assertEquals(text + "/24", address.withPrefix());
        assertTrue(address.isLinkLocal());
    }

    @Test
    void theNearEndOfAPointToPointLinkCounts() {
        byte[] far = {10, 0, 0, 2};
        byte[] near = {10, 0, 0, 1};
        int local = RtnetlinkLayout.IFA_LOCAL;
        int address = RtnetlinkLayout.IFA_ADDRESS;
        MessageBytes farFirst =
                MessageBytes.ifaddrmsg(2, 32, 0, 5).attribute(address, far).attribute(local, near);
        MessageBytes nearFirst =
                MessageBytes.ifaddrmsg(2, 32, 0, 5).attribute(local, near).attribute(address, far);
        assertEquals("10.0.0.1", parse(farFirst).orElseThrow().text());
        assertEquals("10.0.0.1", parse(nearFirst).orElseThrow().text());
    }

    @Test
    void otherFamiliesAreLeftOut() {
        MessageBytes phonet = MessageBytes.ifaddrmsg(35, 0, 0, 5).attribute(RtnetlinkLayout.IFA_LOCAL, new byte[1]);
        assertTrue(parse(phonet).isEmpty());
        assertTrue(parse(MessageBytes.ifaddrmsg(2, 0, 0, 5)).isEmpty());
    }

    private static Optional<Address> parse(MessageBytes message) {
        byte[] bytes = message.message(RtnetlinkLayout.RTM_NEWADDR, 0, 0);
        return AddressMessage.parse(Message.split(MemorySegment.ofArray(bytes)).getFirst());
    }
}
