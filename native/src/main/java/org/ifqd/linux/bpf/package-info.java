/**
 * eBPF as far as ifqd needs it: programs of a few instructions that the kernel runs where no ring reaches, each
 * attached by a link that the kernel takes away with the process.
 *
 * <p>bpf(2) is called directly, without libbpf: a program of seven instructions needs no loader, and its links are to
 * end with us.
 */
package org.ifqd.linux.bpf;
