package org.ifqd.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * The whole terminal: its alternate screen, without cursor and echo; {@link #close} gives it back as it was.
 *
 * <p><b>Threading:</b> one thread. <b>Owns:</b> the terminal's mode, from the constructor to close.
 */
final class TopScreen implements AutoCloseable {
    static final char CTRL_C = 3;

    /** Keys that are more than a character, as {@link #key} returns them. */
    static final int UP = 0x11_0000;

    static final int DOWN = UP + 1;
    static final int PAGE_UP = UP + 2;
    static final int PAGE_DOWN = UP + 3;

    private static final char ESCAPE = 27;

    /** The rest of a key's characters comes at once; one that is pressed after Escape does not. */
    private static final int REST_MS = 50;

    private final Terminal terminal;
    private final Attributes original;
    private final Display display;
    private Size size = Size.of(0, 0);
    private int firstLine;

    TopScreen() throws IOException {
        // nothing else than Panama's provider: the others are not there, or fork stty
        terminal = TerminalBuilder.builder()
                .system(true)
                .provider(TerminalBuilder.PROP_PROVIDER_FFM)
                .dumb(false)
                .build();
        original = terminal.enterRawMode();
        Attributes raw = terminal.getAttributes();
        raw.setLocalFlag(
                Attributes.LocalFlag.ISIG, false); // ^C is a key like q, and ^Z would leave the screen as it is
        terminal.setAttributes(raw);
        display = new Display(terminal, true);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.flush();
    }

    /** Whether this process has a terminal to show something on and to read keys from. */
    static boolean isPossible() {
        String type = System.getenv("TERM");
        return System.console() != null
                && System.console().isTerminal()
                && type != null
                && !type.isEmpty()
                && !type.equals("dumb");
    }

    /**
     * Waits for a key.
     *
     * @return the character, or one of {@link #UP} and its like; below 0 when there was none in time
     * @throws IOException when the terminal is gone
     */
    int key(long timeoutMs) throws IOException {
        int key = terminal.reader().read(timeoutMs);
        if (key == -1) {
            throw new IOException("the terminal is gone");
        }
        return key == ESCAPE ? named() : key;
    }

    /** The bytes that follow Escape, as ECMA-48 and xterm write it: {@code [A}, {@code OA}, {@code [5~}. */
    private int named() throws IOException {
        int introducer = terminal.reader().read(REST_MS);
        if (introducer != '[' && introducer != 'O') {
            return ESCAPE;
        }
        StringBuilder name = new StringBuilder();
        int next;
        do {
            next = terminal.reader().read(REST_MS);
            if (next < 0) {
                return ESCAPE;
            }
            name.append((char) next);
        } while (next < '@'); // parameters end with a letter or a tilde
        return switch (name.toString()) {
            case "A" -> UP;
            case "B" -> DOWN;
            case "5~" -> PAGE_UP;
            case "6~" -> PAGE_DOWN;
            default -> ESCAPE;
        };
    }

    /** Lines that are scrolled at once by a page. */
    int page() {
        return Math.max(1, size.getRows() - 3);
    }

    /** Whether the terminal has another size than at the last {@link #show}. */
    boolean isResized() {
        return !terminal.getSize().equals(size);
    }

    /** Moves what is shown by so many lines, as far as there are any. */
    void scroll(int lines) {
        firstLine = Math.max(0, firstLine + lines);
    }

    /** @param header stays in place when the rest is scrolled */
    void show(String header, List<String> lines) {
        Size now = terminal.getSize();
        if (now.getColumns() <= 0 || now.getRows() <= 0) {
            return; // a window that is being made, or of no size
        }
        if (!now.equals(size)) {
            size = now;
            display.clear();
            display.resize(size);
        }
        int room = size.getRows() - 2;
        firstLine = Math.max(0, Math.min(firstLine, lines.size() - room));
        List<AttributedString> shown = new ArrayList<>();
        shown.add(styled(header, AttributedStyle.INVERSE));
        shown.add(AttributedString.EMPTY);
        lines.stream()
                .skip(firstLine)
                .limit(Math.max(0, room))
                .map(this::styled)
                .forEach(shown::add);
        shown.addAll(Collections.nCopies(Math.max(0, size.getRows() - shown.size()), AttributedString.EMPTY));
        display.update(shown.subList(0, size.getRows()), -1);
    }

    private AttributedString styled(String line) {
        if (line.isEmpty()) {
            return AttributedString.EMPTY;
        }
        return switch (line.charAt(0)) {
            case TopView.TITLE -> styled(line.substring(1), AttributedStyle.BOLD);
            case TopView.ALERT -> styled(line.substring(1), AttributedStyle.DEFAULT.foreground(AttributedStyle.YELLOW));
            default -> styled(line, AttributedStyle.DEFAULT);
        };
    }

    private AttributedString styled(String text, AttributedStyle style) {
        return new AttributedString(text.substring(0, Math.min(text.length(), size.getColumns())), style);
    }

    @Override
    public void close() throws IOException {
        terminal.puts(Capability.cursor_normal);
        terminal.puts(Capability.exit_ca_mode);
        terminal.flush();
        terminal.setAttributes(original);
        terminal.close();
    }
}
