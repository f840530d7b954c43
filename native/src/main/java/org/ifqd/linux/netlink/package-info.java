/**
 * Questions about network interfaces, to the kernel over rtnetlink: links and their addresses. And one order to it,
 * over nf_tables' netlink: {@link org.ifqd.linux.netlink.IngressDrop}.
 *
 * <p><b>From a question to an answer.</b> {@link org.ifqd.linux.netlink.Rtnetlink} builds a request, sends it through a
 * netlink socket and reads datagrams until the kernel says that it is done. A datagram holds messages, a message holds
 * a fixed structure and attributes, an attribute may hold attributes:
 *
 * <pre>
 *   datagram   | nlmsghdr | ifinfomsg | attribute | attribute ... | nlmsghdr | ...
 *   attribute  | length 16 | type 16 | value ... | padding to 4 |
 * </pre>
 *
 * Each level is cut out by its own small class ({@code Message}, {@code Attribute}, {@code LinkMessage}), knows nothing
 * of the level above and works on a slice with bounds, so that a wrong length leads to a
 * {@link org.ifqd.linux.netlink.NetlinkFormatException} and never to a read beyond the datagram. Notifications
 * (RTMGRP_LINK) have the same form as answers and go through the same classes.
 *
 * <p>This is control plane: it allocates freely and may throw.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>
 * @see <a href="https://docs.kernel.org/userspace-api/netlink/intro.html">Introduction to Netlink</a>
 */
package org.ifqd.linux.netlink;
