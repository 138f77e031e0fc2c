package io.turnlane.standalone.options;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a positive duration that consists of a number and a unit, for example {@code 30s}, {@code 12h} or {@code 90d}.
 */
public final class TimeSpanConverter implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
        try {
            Duration span = DurationStyle.SIMPLE.parse(text);
            if (span.isPositive() && Character.isLetter(text.charAt(text.length() - 1))) {
                return span;
            }
        } catch (IllegalArgumentException | ArithmeticException _) {
            // reported below
        }
        throw new TypeConversionException("must be a positive number with a unit, for example 30s, 12h or 90d");
    }
}
