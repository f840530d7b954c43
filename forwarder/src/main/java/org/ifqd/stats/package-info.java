/** Counters and their names; the counters themselves live beside what they count. */
package org.ifqd.stats;
