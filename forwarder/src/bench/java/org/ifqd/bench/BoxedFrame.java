package org.ifqd.bench;

/** A frame reference as an object. */
record BoxedFrame(long address, int length, int flags, Lane lane) {}
