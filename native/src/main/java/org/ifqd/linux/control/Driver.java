package org.ifqd.linux.control;

/**
 * Who drives an interface (ETHTOOL_GDRVINFO).
 *
 * @param name {@code veth}, {@code i40e}, ...
 * @param version as the driver likes it, often the kernel's
 * @param firmware empty or {@code N/A} where there is none
 * @param busAddress {@code 0000:3b:00.0}; empty or {@code N/A} where there is no bus; {@code tap} for a tap
 */
public record Driver(String name, String version, String firmware, String busAddress) {}
