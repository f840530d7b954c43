/**
 * The libpcap backend: a locked port over {@link org.ifqd.linux.pcap}. libpcap's handles are not thread safe, so
 * whoever touches one holds the {@link org.ifqd.ifq.KernelLock}: the start routine, which finds it held, the receive
 * worker, and the controlling thread. It shows the other half of the mail's design, and works wherever libpcap does; it
 * is not fast.
 */
package org.ifqd.port.pcap;
