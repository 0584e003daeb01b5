package io.jotgate.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Queries and parameters that no well-behaved client sends. */
class StrippedQueryTest {
    private static List<String> left(StrippedQuery query, String... values) {
        String[] left = query.of(Map.of("t", values)).get("t");
        return left == null ? null : List.of(left);
    }

    @Test
    void theValuesOfTheQueryGoAndThoseOfTheBodyStay() {
        StrippedQuery query = new StrippedQuery("t=a&x=1&t=b", "x=1");
        assertNull(left(query, "a", "b"));
        assertEquals(List.of("a"), left(query, "a", "b", "a"));
        assertEquals(List.of("c"), left(query, "c", "a", "b"));
        assertArrayEquals(new String[] {"1"}, query.of(Map.of("x", new String[] {"1"})).get("x"));
    }

    @Test
    void whatTheContainerReadsOtherwiseIsInFront() {
        StrippedQuery query = new StrippedQuery("t=%zz&t=%E4&t", "");
        assertEquals(List.of("of the body"), left(query, "%zz", "ä", "", "of the body"));
        assertNull(left(query, "%zz"));
    }

    @Test
    void anotherQueryStaysAsItIs() {
        StrippedQuery query = new StrippedQuery("t=a", "");
        assertNull(query.of("t=a"));
        assertNull(query.of((String) null));
        assertEquals("b=2", query.of("b=2"));
    }
}
