/**
 * Control of a running daemon over a Unix-domain socket: one JSON object a line in, one a line out.
 *
 * <pre>
 *   {"command":"stats"}     {"ports":[...],"unaccounted":0}
 *   {"command":"tap",...}   one line, then a stream, see TapCommand
 *   anything else           {"error":"..."}
 * </pre>
 */
package org.ifqd.control;
