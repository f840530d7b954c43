/**
 * Uses that the host itself makes of an interface, and ifqd's answer to them.
 *
 * <p>{@link org.ifqd.host.Preflight} refuses what can be known to fail before a port is opened.
 * {@link org.ifqd.host.HostUse} finds addresses and masters. {@link org.ifqd.host.Isolation} keeps the host deaf and
 * mute while frames flow. {@link org.ifqd.host.OffloadFixes} switches harmful offloads off and puts them back, also
 * after a crash. {@link org.ifqd.host.FailOpen} says which pairs a kernel bridge joins if ifqd dies.
 *
 * <p>Called by the controlling thread and by {@link org.ifqd.check}. Nothing here knows of queues or workers.
 */
package org.ifqd.host;
