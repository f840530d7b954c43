/** The AF_PACKET backend: an mpsafe port over {@link org.ifqd.linux.packet}. */
package org.ifqd.port.packet;
