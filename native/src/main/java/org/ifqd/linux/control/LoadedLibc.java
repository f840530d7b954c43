package org.ifqd.linux.control;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;

/**
 * The process's C library through jnr-ffi. Loaded when this class is first touched, so that a program that does without
 * the control plane never starts jnr-ffi; it throws UnsatisfiedLinkError where jnr-ffi has no native part for the
 * machine.
 *
 * <p>Not a member of {@link ControlLibc}: jnr-ffi takes every method of that interface, static ones too, for a C
 * function.
 */
final class LoadedLibc {
    static final ControlLibc INSTANCE = LibraryLoader.create(ControlLibc.class)
            .load(Platform.getNativePlatform().getStandardCLibraryName());

    private LoadedLibc() {}
}
