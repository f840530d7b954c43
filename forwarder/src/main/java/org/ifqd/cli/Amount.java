package org.ifqd.cli;

import java.math.BigDecimal;
import org.ifqd.config.ByteSize;
import org.ifqd.config.ConfigException;
import picocli.CommandLine;

/** Numbers on the command line, as people write them: 1000, 100k, 1.5M, 2G. Any thread. */
final class Amount {
    private Amount() {}

    /** Every number of every option is read so. */
    static CommandLine register(CommandLine commandLine) {
        return commandLine
                .registerConverter(Integer.class, text -> whole(text).intValueExact())
                .registerConverter(int.class, text -> whole(text).intValueExact())
                .registerConverter(Long.class, text -> whole(text).longValueExact())
                .registerConverter(long.class, text -> whole(text).longValueExact())
                .registerConverter(Double.class, text -> parse(text).doubleValue())
                .registerConverter(double.class, text -> parse(text).doubleValue());
    }

    /** A size in memory: 64MiB, 1GiB. */
    static long bytes(String option, String text) {
        try {
            return ByteSize.parse(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new ConfigException(option + ": " + e.getMessage());
        }
    }

    private static BigDecimal whole(String text) {
        BigDecimal number = parse(text);
        if (number.stripTrailingZeros().scale() > 0 || number.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new CommandLine.TypeConversionException("'" + text + "' is not a whole number");
        }
        return number;
    }

    private static BigDecimal parse(String text) {
        if (!text.matches("[+-]?(\\d{1,18}|\\d{0,18}\\.\\d{1,9})[kMG]?")) {
            throw new CommandLine.TypeConversionException(
                    "'" + text + "' is not a number; write for example 1000, 100k or 1.5M");
        }
        int power =
                switch (text.charAt(text.length() - 1)) {
                    case 'k' -> 3;
                    case 'M' -> 6;
                    case 'G' -> 9;
                    default -> 0;
                };
        String digits = power == 0 ? text : text.substring(0, text.length() - 1);
        return new BigDecimal(digits).scaleByPowerOfTen(power);
    }
}
