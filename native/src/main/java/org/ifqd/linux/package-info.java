/**
 * The border to Linux: system calls by Panama FFM, memory that is shared with the kernel, and the descriptors that own
 * both. Knows nothing of forwarding.
 *
 * <h2>Conventions</h2>
 *
 * <p><b>Errors.</b> Every call of {@link org.ifqd.linux.Libc} answers like the kernel itself: the result, or minus the
 * errno. There is no shared errno that another thread could overwrite and none that could be read after a success; the
 * capture segment behind it belongs to the calling thread. The data path looks at these numbers and never throws;
 * set-up code turns them into an {@link org.ifqd.linux.ErrnoException} that names call, subject, errno and cure.
 *
 * <p><b>Memory.</b> Rings are mapped once, live until their owner closes them, and are addressed by absolute 64-bit
 * addresses through {@link org.ifqd.linux.Memory}. That is C's contract and C's danger: nothing checks that an address
 * is still mapped, so whoever unmaps must first prove that nobody can come back (the start barrier, see
 * {@code org.ifqd.ifq}).
 *
 * <p><b>Ordering.</b> A status word that is shared with the kernel is read with {@code loadAcquire} and written with
 * {@code storeRelease}; everything else is plain. Each such place says which data it orders and who is at the other
 * end.
 *
 * <p><b>Ownership.</b> {@link org.ifqd.linux.Fd} and {@link org.ifqd.linux.Mapping} close exactly once, from any
 * thread.
 */
package org.ifqd.linux;
