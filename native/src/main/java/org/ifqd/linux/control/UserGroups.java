package org.ifqd.linux.control;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;

/**
 * Which users belong to a group, by the machine's databases (nsswitch.conf(5)).
 *
 * <p><b>Threading:</b> any thread; may block while a directory server is asked.
 */
public final class UserGroups {
    private static final GroupLibc LIBC = LibraryLoader.create(GroupLibc.class)
            .load(Platform.getNativePlatform().getStandardCLibraryName());

    private static final int MOST_GROUPS = 65536; // NGROUPS_MAX

    private UserGroups() {}

    /**
     * Whether a user is a member of a group.
     *
     * @return false as well when the user is in no database, or that cannot be told
     */
    public static boolean contains(int gid, String user) {
        int[] groups = new int[MOST_GROUPS];
        int[] count = {groups.length};
        int none = -1; // would be the user's own group, which is not what is asked for
        if (LIBC.getgrouplist(user, none, groups, count) < 0) {
            return false;
        }
        for (int i = 0; i < count[0]; i++) {
            if (groups[i] == gid) {
                return true;
            }
        }
        return false;
    }
}
