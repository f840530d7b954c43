package org.ifqd.linux.bpf;

/**
 * eBPF instructions as the kernel reads them: operation, destination and source register, offset, immediate value.
 *
 * @see <a href="https://docs.kernel.org/bpf/standardization/instruction-set.html">BPF instruction set, RFC 9669</a>
 */
final class Instruction {
    static final int R0 = 0;
    static final int R1 = 1;
    static final int R2 = 2;

    private static final int LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
    private static final int LOAD_DOUBLE_WORD = 0x79;
    private static final int MOVE = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
    private static final int JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int JUMP_IF_NOT_EQUAL = 0x55;
    private static final int EXIT = 0x95;

    private Instruction() {}

    private static long encode(int operation, int to, int from, int offset, int value) {
        return operation | (long) to << 8 | (long) from << 12 | (offset & 0xffffL) << 16 | (long) value << 32;
    }

    /** {@code to = *(u32 *)(base + offset)}. */
    static long loadWord(int to, int base, int offset) {
        return encode(LOAD_WORD, to, base, offset, 0);
    }

    /** {@code to = *(u64 *)(base + offset)}. */
    static long loadDoubleWord(int to, int base, int offset) {
        return encode(LOAD_DOUBLE_WORD, to, base, offset, 0);
    }

    /** {@code to = value}. */
    static long move(int to, int value) {
        return encode(MOVE, to, 0, 0, value);
    }

    /** Leaves out so many instructions if the register has this value. */
    static long skipIfEqual(int register, int value, int instructions) {
        return encode(JUMP_IF_EQUAL, register, 0, instructions, value);
    }

    /** Leaves out so many instructions unless the register has this value. */
    static long skipUnlessEqual(int register, int value, int instructions) {
        return encode(JUMP_IF_NOT_EQUAL, register, 0, instructions, value);
    }

    /** Ends the program; R0 is its result. */
    static long exit() {
        return encode(EXIT, 0, 0, 0, 0);
    }
}
