package org.ifqd.linux.bpf;

import org.ifqd.linux.Fd;

/**
 * eBPF instructions as the kernel reads them: operation, destination and source register, offset, immediate value.
 *
 * @see <a href="https://docs.kernel.org/bpf/standardization/instruction-set.html">BPF instruction set, RFC 9669</a>
 */
public final class Instruction {
    public static final int R0 = 0;
    public static final int R1 = 1;
    public static final int R2 = 2;
    public static final int R3 = 3;

    /** Frame pointer: the stack is below it. */
    public static final int R10 = 10;

    /** Helper functions, enum bpf_func_id. */
    public static final int MAP_LOOKUP_ELEM = 1;

    public static final int REDIRECT_MAP = 51;

    private static final int LOAD_WORD = 0x61; // BPF_LDX | BPF_MEM | BPF_W
    private static final int LOAD_DOUBLE_WORD = 0x79;
    private static final int MOVE = 0xb7; // BPF_ALU64 | BPF_MOV | BPF_K
    private static final int JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int JUMP_IF_NOT_EQUAL = 0x55;
    private static final int EXIT = 0x95;
    private static final int CALL = 0x85;
    private static final int LOAD_IMMEDIATE_DOUBLE_WORD = 0x18; // two slots
    private static final int PSEUDO_MAP_FD = 1;
    private static final int STORE_WORD_IMMEDIATE = 0x62; // BPF_ST | BPF_MEM | BPF_W
    private static final int MOVE_REGISTER = 0xbf; // BPF_ALU64 | BPF_MOV | BPF_X
    private static final int ADD = 0x07; // BPF_ALU64 | BPF_ADD | BPF_K
    private static final int ATOMIC_DOUBLE_WORD = 0xdb; // BPF_STX | BPF_ATOMIC | BPF_DW, imm BPF_ADD

    private Instruction() {}

    private static long encode(int operation, int to, int from, int offset, int value) {
        return operation | (long) to << 8 | (long) from << 12 | (offset & 0xffffL) << 16 | (long) value << 32;
    }

    /** {@code to = *(u32 *)(base + offset)}. */
    public static long loadWord(int to, int base, int offset) {
        return encode(LOAD_WORD, to, base, offset, 0);
    }

    /** {@code to = *(u64 *)(base + offset)}. */
    public static long loadDoubleWord(int to, int base, int offset) {
        return encode(LOAD_DOUBLE_WORD, to, base, offset, 0);
    }

    /** {@code to = value}. */
    public static long move(int to, int value) {
        return encode(MOVE, to, 0, 0, value);
    }

    /** Leaves out so many instructions if the register has this value. */
    public static long skipIfEqual(int register, int value, int instructions) {
        return encode(JUMP_IF_EQUAL, register, 0, instructions, value);
    }

    /** Leaves out so many instructions unless the register has this value. */
    public static long skipUnlessEqual(int register, int value, int instructions) {
        return encode(JUMP_IF_NOT_EQUAL, register, 0, instructions, value);
    }

    /** Ends the program; R0 is its result. */
    public static long exit() {
        return encode(EXIT, 0, 0, 0, 0);
    }

    /** {@code to = map}, the first half: {@link #second} follows. */
    public static long loadMap(int to, Fd map) {
        return encode(LOAD_IMMEDIATE_DOUBLE_WORD, to, PSEUDO_MAP_FD, 0, map.number());
    }

    /** The second half of a load of 8 bytes. */
    public static long second() {
        return 0;
    }

    /** Calls a helper function with R1 to R5; R0 is its result. */
    public static long call(int function) {
        return encode(CALL, 0, 0, 0, function);
    }

    /** {@code *(u32 *)(base + offset) = value}. */
    public static long storeWord(int base, int offset, int value) {
        return encode(STORE_WORD_IMMEDIATE, base, 0, offset, value);
    }

    /** {@code to = from}. */
    public static long copy(int to, int from) {
        return encode(MOVE_REGISTER, to, from, 0, 0);
    }

    /** {@code to += value}. */
    public static long add(int to, int value) {
        return encode(ADD, to, 0, 0, value);
    }

    /** {@code *(u64 *)(base + 0) += from}, atomically. */
    public static long addAtomically(int base, int from) {
        return encode(ATOMIC_DOUBLE_WORD, base, from, 0, 0);
    }
}
