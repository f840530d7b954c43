/**
 * libpcap, through pcap4j: live handles for the portable backend, and the compiler of filter expressions,
 * pcap-filter(7).
 *
 * <p>pcap4j opens, compiles and closes. What is called for each frame goes past it by the JDK's foreign function
 * interface ({@code PcapCalls}): pcap4j makes two objects and a copy for each frame, throws an exception for "no frame
 * now", and offers neither the descriptor to sleep on nor the compiled program.
 *
 * <p>Nothing of libpcap is loaded before the first handle is opened or the first expression compiled.
 */
package org.ifqd.linux.pcap;
