package io.turnlane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The README lists the files through which a question passes, short enough to read, and each file names the next one.
 */
class ReadingListTest {

    private static final Path ROOT = Path.of("../..");
    private static final Pattern LISTED =
            Pattern.compile("^  \\[`[\\w.]+`]\\(([\\w/.-]+\\.(?:java|lua))\\)[,.]$", Pattern.MULTILINE);
    private static final Pattern NEXT = Pattern.compile(
            "The journey of a turn (?:continues|ends) in (?:the \\w+, in )?(?:\\{@(?:link|code) )?([\\w.]*\\w)");

    @Test
    void theListHasAtMost15FilesWithTogetherAtMost2500Lines() throws IOException {
        int lines = 0;
        for (Path file : list()) {
            lines += Files.readAllLines(file).size();
        }
        assertThat(list()).hasSizeBetween(10, 15);
        assertThat(lines).isLessThanOrEqualTo(2500);
    }

    /** The last file names the class that answers the client, which is in the list, too. */
    @Test
    void eachFileNamesTheNextOneAtTheEndOfItsDescription() throws IOException {
        List<Path> list = list();
        for (int i = 0; i < list.size() - 1; i++) {
            assertThat(nextOf(list.get(i))).as(list.get(i).toString()).isEqualTo(nameOf(list.get(i + 1)));
        }
        assertThat(list.stream().map(ReadingListTest::nameOf)).contains(nextOf(list.getLast()));
    }

    private static List<Path> list() throws IOException {
        return LISTED.matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .map(link -> ROOT.resolve(link.group(1)))
                .toList();
    }

    private static String nextOf(Path file) throws IOException {
        String description = description(file);
        List<MatchResult> next = NEXT.matcher(description).results().toList();
        assertThat(next).as("references of %s", file).hasSize(1);
        assertThat(description.substring(next.getFirst().start()))
                .as("last sentence")
                .doesNotContain(". ");
        return next.getFirst().group(1);
    }

    /**
     * Returns the Javadoc of the file's class without its tags, or the comment at the start of the script, as one line.
     */
    private static String description(Path file) throws IOException {
        String text = Files.readString(file);
        boolean script = file.toString().endsWith(".lua");
        Matcher comment = Pattern.compile(script ? "\\A((?:--.*\\n)+)" : "(?s)\\n/\\*\\*(.*?)\\*/\\n")
                .matcher(text);
        assertThat(comment.find()).as("%s has a description", file).isTrue();
        return comment.group(1)
                .replaceAll("\\n(?:--| \\*)?", " ")
                .replaceAll("\\s+", " ")
                .replaceFirst(" @param .*", "")
                .strip();
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }
}
