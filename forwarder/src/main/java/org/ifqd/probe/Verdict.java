package org.ifqd.probe;

/** The kind of a received frame. */
enum Verdict {
    INTACT,
    /** Ours and intact, sent before the measurement began. */
    WARM_UP,
    /** Not of this run. */
    FOREIGN,
    /** Ours, and not as it was sent: one of the MAC addresses differs. */
    WRONG_ADDRESSES,
    /** Ours, and not as it was sent: a tag is missing, too many, or other than it was. */
    WRONG_TAGS,
    /** Ours, and not as it was sent: behind the tags, or in length. */
    WRONG_CONTENT
}
