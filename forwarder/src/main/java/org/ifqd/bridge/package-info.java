/**
 * Where a frame goes: receive workers, the decision, and the bridge that owns two ports and their workers. One worker
 * for each receive ring; each enqueues at the other port and, if nobody else is there, runs that port's start routine
 * itself.
 */
package org.ifqd.bridge;
