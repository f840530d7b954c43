package org.ifqd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The controlling thread, as the watchdog sees it. */
class ControlThreadTest {
    @Test
    void isDueWhileItIsBusy() {
        ControlThread thread = new ControlThread();
        assertFalse(thread.activity().due());
        thread.begin();
        assertTrue(thread.activity().due());
        long before = thread.activity().done();
        thread.step("a <-> b");
        assertTrue(thread.activity().done() > before);
        assertEquals("controlling thread, at a <-> b,", thread.activity().name());
        assertEquals(Thread.currentThread(), thread.activity().thread());
        thread.end();
        assertFalse(thread.activity().due());
    }
}
