/** Puts the daemon together, runs it until it is asked to stop, and takes it apart in reverse. */
package org.ifqd.daemon;
