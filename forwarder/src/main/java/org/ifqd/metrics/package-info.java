/** The counters for Prometheus, from the same snapshot as {@code ifqd stats}. */
package org.ifqd.metrics;
