package org.ifqd.ifq;

import java.util.ArrayDeque;

/**
 * The send queue as one thread would write it, to compare {@link SendQueue} with: a deque of frame numbers, and the
 * books as a line of text. Each frame has 60 bytes.
 */
public class ReferenceQueue {
    static final int CAPACITY = 3;

    private final ArrayDeque<Integer> frames = new ArrayDeque<>();
    private boolean running = true;
    private boolean oactive;
    private int received;
    private int sent;
    private int full;
    private int notRunning;
    private int maxLength;
    private int oactives;

    public int offer(int number) {
        int kept = 0;
        for (int n = number; n < number + 2; n++) {
            received++;
            if (!running) {
                notRunning++;
            } else if (frames.size() == CAPACITY) {
                full++;
            } else {
                frames.add(n);
                kept++;
            }
        }
        maxLength = Math.max(maxLength, frames.size());
        return kept;
    }

    public String dequeue() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 2 && !frames.isEmpty(); i++) {
            out.append(frames.remove()).append(' ');
            sent++;
        }
        return out.toString();
    }

    public void setOactive() {
        oactives += oactive ? 0 : 1;
        oactive = true;
    }

    public void clearOactive() {
        oactive = false;
    }

    public void setRunning(boolean value) {
        running = value;
    }

    public String books() {
        return books(
                received,
                60L * received,
                sent,
                60L * sent,
                full,
                notRunning,
                frames.size(),
                maxLength,
                oactive,
                oactives);
    }

    static String books(
            long received,
            long receivedBytes,
            long sent,
            long sentBytes,
            long full,
            long notRunning,
            int length,
            int maxLength,
            boolean oactive,
            long oactives) {
        return received + "/" + receivedBytes + " sent " + sent + "/" + sentBytes + " full " + full + " down "
                + notRunning + " length " + length + " of " + maxLength + " oactive " + oactive + " " + oactives;
    }
}
