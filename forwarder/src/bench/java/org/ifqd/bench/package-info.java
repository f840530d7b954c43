/**
 * What the core costs, measured with JMH; {@code scripts/bench core} runs it and writes
 * {@code forwarder/docs/bench-core.md}. Nothing of it is in the product.
 */
package org.ifqd.bench;
