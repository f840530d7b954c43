/**
 * The interfaces under the ports as rtnetlink tells of them: {@link org.ifqd.link.PortLink} is one,
 * {@link org.ifqd.link.LinkWatch} tells that something has changed, {@link org.ifqd.link.LinkMirror} takes one down
 * when the other has lost its carrier.
 *
 * <p>Called by the controlling thread; the watch has a thread of its own, which only asks for a look. What a port is to
 * do about it is decided in {@link org.ifqd.daemon}.
 */
package org.ifqd.link;
