package org.ifqd.watchdog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether frames can still flow: that is more than that the process is alive.
 *
 * <ul>
 *   <li>A receive worker has to turn its loop after it was woken. One that has nothing to read sleeps, is woken by the
 *       look, finds nothing and sleeps again: an idle port is healthy. One that hangs in a system call is not.
 *   <li>A thread that is in a start routine has to come out of it, or frames have to leave meanwhile.
 *   <li>Frames that wait in a send queue have to leave it, sent or dropped: a port that is oactive and whose completion
 *       never comes is not healthy.
 * </ul>
 *
 * <p>Counted in looks and not in time alone, so that a machine that stood still as a whole is not taken for a port that
 * hangs.
 *
 * <p><b>Threading:</b> one thread.
 */
public final class Progress {
    /** Looks in a row that find something due and unmoved before it is called stuck. */
    static final int LOOKS = 2;

    private final Map<String, Mark> marks = new HashMap<>();

    /** @param done as it was first seen, at {@code sinceNs} @param looks that have found it unmoved since */
    private record Mark(long done, long sinceNs, int looks) {}

    /**
     * Looks once.
     *
     * @param activities all of them, as they are now
     * @param nowNs a monotonic clock
     * @return what is stuck; empty when all is well
     */
    public List<HungActivity> look(List<Activity> activities, long nowNs) {
        Map<String, Mark> before = new HashMap<>(marks);
        Set<Thread> moving = moving(activities, before);
        List<HungActivity> stuck = new ArrayList<>();
        marks.clear(); // what is no longer there is forgotten
        for (Activity activity : activities) {
            Mark mark = before.get(activity.name());
            boolean moved = mark == null
                    || !activity.due()
                    || mark.done != activity.done()
                    || activity.thread() != null && moving.contains(activity.thread());
            Mark next = moved ? new Mark(activity.done(), nowNs, 0) : new Mark(mark.done, mark.sinceNs, mark.looks + 1);
            marks.put(activity.name(), next);
            if (next.looks >= LOOKS) {
                stuck.add(new HungActivity(activity, nowNs - next.sinceNs));
            }
        }
        return stuck;
    }

    /**
     * Threads that do get something done: a receive worker does not turn while it is inside a serializer and takes what
     * the others queue, which in overload may be for long.
     */
    private static Set<Thread> moving(List<Activity> activities, Map<String, Mark> before) {
        Set<Thread> moving = new HashSet<>();
        for (Activity activity : activities) {
            Mark mark = before.get(activity.name());
            if (activity.thread() != null && mark != null && mark.done != activity.done()) {
                moving.add(activity.thread());
            }
        }
        return moving;
    }
}
