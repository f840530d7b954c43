/**
 * References to frames: where a frame lies, how long it is, and who gets its memory back. No frame is ever an object; a
 * {@link org.ifqd.frame.FrameBatch} carries up to its capacity of them in parallel arrays.
 */
package org.ifqd.frame;
