package io.jotgate.testing;

import io.jotgate.Code;
import io.jotgate.TestIssuer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What the kit makes of a code.
 *
 * @param code the code
 * @param makeable whether a token or a request can give it
 * @param what what is bad about that, or why there is none
 * @param needs why there may be none under some policy, or what to do instead; may be empty
 */
public record Recipe(Code code, boolean makeable, String what, String needs) {
    /** The table of codes, in its order. */
    public static List<Recipe> all() {
        return TestIssuer.recipes().stream().map(row -> of((Map<?, ?>) row)).toList();
    }

    @SuppressWarnings("NullAway") // what the kit tells has all members
    private static Recipe of(Map<?, ?> row) {
        return new Recipe(codeNamed((String) row.get("code")), (Boolean) row.get("makeable"), (String) row.get("what"),
                (String) row.get("needs"));
    }

    private static Code codeNamed(String name) {
        return Arrays.stream(Code.values()).filter(code -> code.toString().equals(name)).findFirst().orElseThrow();
    }
}
