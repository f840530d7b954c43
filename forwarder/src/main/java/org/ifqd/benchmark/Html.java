package org.ifqd.benchmark;

/** Text as HTML. Any thread. */
final class Html {
    private Html() {}

    /** For element content and for attributes in quotation marks. */
    static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
