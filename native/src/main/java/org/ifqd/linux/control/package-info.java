/**
 * Control plane: calls that are made now and then, through jnr-ffi. A Java interface per library, C names, nothing
 * tuned.
 *
 * <p>The JVM needs {@code --enable-native-access=ALL-UNNAMED}, and from JDK 24 on
 * {@code --sun-misc-unsafe-memory-access=allow} to be quiet about it.
 */
package org.ifqd.linux.control;
