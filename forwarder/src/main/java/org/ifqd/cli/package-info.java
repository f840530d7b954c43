/** The command line: what the user types, and one clear line when it cannot be done. */
package org.ifqd.cli;
