package io.jotgate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A policy document made from another product's policy, and what became of each of its parameters.
 *
 * @param complete whether all that bears on verdicts came over; what is not complete is for an operator to finish: do not
 *     use its policy as it is
 * @param policy the document as JSON text, for {@link JwtValidator#fromPolicy}
 * @param notes what became of each parameter
 */
public record Import(boolean complete, String policy, List<Note> notes) {
    /**
     * What became of one parameter.
     *
     * @param kind {@code carried}, {@code changed} or {@code cannot}
     * @param source the parameter's path in the source; may be empty
     * @param target where it stands in the document; may be {@code null}
     * @param message what was done, or what to do
     */
    public record Note(String kind, String source, @Nullable String target, String message) {
        @SuppressWarnings("NullAway") // what the core tells has all members
        private static Note of(Map<?, ?> note) {
            return new Note((String) note.get("kind"), (String) note.get("source"), (String) note.get("target"),
                    (String) note.get("message"));
        }
    }

    /** Keeps a copy of the list. */
    public Import {
        notes = List.copyOf(notes);
    }

    @SuppressWarnings("NullAway") // what the core tells has all members
    static Import of(List<?> parts) {
        Map<?, ?> told = (Map<?, ?>) parts.get(0);
        return new Import((Boolean) told.get("complete"), (String) parts.get(1),
                ((List<?>) told.get("notes")).stream().map(note -> Note.of((Map<?, ?>) note)).toList());
    }
}
