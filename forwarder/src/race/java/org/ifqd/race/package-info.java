/**
 * jcstress tests of the core, run by {@code scripts/race}: real threads, millions of small races, every outcome listed.
 * What they run is {@code Variant.inUse()}, so that the script can put the broken variants in the place of the real
 * core and see each of them rejected. Two threads a test, so that two processors are enough.
 *
 * <p>The fields that threads share here are plain wherever the serializer itself must make them visible.
 */
package org.ifqd.race;
