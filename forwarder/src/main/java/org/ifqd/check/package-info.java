/**
 * {@code ifqd check}: what a start would find, told all at once, without starting; {@code --fix} mends what can safely
 * be mended.
 *
 * <p>{@link org.ifqd.check.Check} calls {@link org.ifqd.check.PortCheck} for each port and
 * {@link org.ifqd.check.MachineCheck} once. Each result is a {@link org.ifqd.check.Finding}. A check asks the same code
 * in {@link org.ifqd.host} as a start does, so that both answer alike. One thread; the live page asks too, while frames
 * flow. Nothing here opens a port.
 */
package org.ifqd.check;
