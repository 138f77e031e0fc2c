package io.turnlane.standalone.options;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a point in time: a time span before now, for example {@code 30m}, or an RFC 3339 time. */
public final class TimePointConverter implements ITypeConverter<Instant> {

    @Override
    public Instant convert(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException notATime) {
            try {
                return Instant.now().minus(new TimeSpanConverter().convert(text));
            } catch (TypeConversionException notASpan) {
                throw new TypeConversionException(
                        "must be a time span before now, for example 30m, or a time such as 2026-11-21T06:00:00Z");
            }
        }
    }
}
