package org.ifqd.ifq.model;

/**
 * One moment of the model: everything in which two moments can differ. All values are small: each is one byte of the
 * key.
 */
final class State {
    static final int NONE = -1;

    // the queue and its books; frames are numbered as they are appended, so the content is head to tail - 1
    int head;
    int tail;
    int received;
    int sent;
    int dropped;
    int inDriver;
    int running;
    int oactive;

    // the ring and its completion
    int inFlight;
    int lastPut = NONE;
    int mapped = 1;
    int completionStopped;
    int eventWanted;

    /** Threads in the driver's start routine. */
    int inStart;

    // the task list: who is inside, and what waits
    int runner = NONE;
    int listed;
    final int[] list = new int[5];

    /** Frames that the thread inside has been charged, and that its start may still take. */
    int charged;

    int allowance;

    // the worker: a start waits there; one runs there
    int pending;
    int workerRunning;

    // the counter, and what is wanted: start, restart
    int counter;
    final int[] wanted = new int[2];

    // one entry a thread
    final int[] pc;
    final int[] op;
    final int[] task;
    final int[] look;
    final int[] frame;
    final int[] latch;

    /** A store to the counter that is not in memory yet. */
    final int[] buffer;

    /** Set by a step that is wrong in itself; no part of the key, exploration ends there. */
    String fault;

    State(int threads) {
        pc = new int[threads];
        op = new int[threads];
        task = new int[threads];
        look = new int[threads];
        frame = new int[threads];
        latch = new int[threads];
        buffer = new int[threads];
        java.util.Arrays.fill(buffer, NONE);
    }

    /** The state as bytes. */
    byte[] key() {
        byte[] key = new byte[scalars().length + list.length + wanted.length + 7 * pc.length];
        int at = 0;
        for (int[] words : words()) {
            for (int word : words) {
                key[at++] = (byte) word;
            }
        }
        return key;
    }

    static State of(byte[] key, int threads) {
        State state = new State(threads);
        int at = 0;
        int[] scalars = state.scalars();
        for (int i = 0; i < scalars.length; i++) {
            scalars[i] = key[at++];
        }
        state.scalars(scalars);
        int[][] words = state.words();
        for (int w = 1; w < words.length; w++) {
            for (int i = 0; i < words[w].length; i++) {
                words[w][i] = key[at++];
            }
        }
        return state;
    }

    private int[][] words() {
        return new int[][] {scalars(), list, wanted, pc, op, task, look, frame, latch, buffer};
    }

    private int[] scalars() {
        return new int[] {
            head,
            tail,
            received,
            sent,
            dropped,
            inDriver,
            running,
            oactive,
            inFlight,
            lastPut,
            mapped,
            completionStopped,
            eventWanted,
            inStart,
            runner,
            listed,
            counter,
            charged,
            allowance,
            pending,
            workerRunning
        };
    }

    private void scalars(int[] s) {
        head = s[0];
        tail = s[1];
        received = s[2];
        sent = s[3];
        dropped = s[4];
        inDriver = s[5];
        running = s[6];
        oactive = s[7];
        inFlight = s[8];
        lastPut = s[9];
        mapped = s[10];
        completionStopped = s[11];
        eventWanted = s[12];
        inStart = s[13];
        runner = s[14];
        listed = s[15];
        counter = s[16];
        charged = s[17];
        allowance = s[18];
        pending = s[19];
        workerRunning = s[20];
    }
}
