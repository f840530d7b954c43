package org.ifqd.linux.control;

/**
 * One switch of an interface, as {@code ethtool -k} shows it (ETHTOOL_GFEATURES).
 *
 * @param name the kernel's name, such as {@code rx-gro}; {@code ethtool -k} shows a few under an older one
 * @param on it is active
 * @param fixed this interface cannot change it
 */
public record Feature(String name, boolean on, boolean fixed) {}
