/** What is counted and under which names; the counters themselves live beside what they count. */
package org.ifqd.stats;
