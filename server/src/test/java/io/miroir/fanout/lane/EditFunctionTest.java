package io.miroir.fanout.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/**
 * The client's function and what we put around it. What it does on a node is tried by EditTest,
 * where there is a real one.
 */
class EditFunctionTest {
    private static boolean isQuoted(String function) {
        return EditFunction.wrapped(function).contains("\neval(\"");
    }

    @Test
    void whatMayEndTheScriptIsATextOfItsOwn() {
        assertTrue(isQuoted("doc.x = 1"));
        assertTrue(isQuoted("if doc.a || doc.b { return; } doc.x = 1"));
        assertTrue(isQuoted("doc.x = 1 /* never closed"));
        assertTrue(isQuoted("fn f() { return 1; } doc.x = f()"));
        assertTrue(isQuoted("fn f() { 1 } eval(\"let _mi\" + \"roir_0 = f()\")"));
        assertTrue(isQuoted("fn f() { 1 } let _miroir_0 = f();"));
    }

    @Test
    void whatDefinesFunctionsStandsInTheScript() {
        assertFalse(isQuoted("fn f() { 1 } doc.x = f()"));
        assertFalse(isQuoted("doc.x = [1].map(|n| n + 1)"));
    }

    @Test
    void aTextIsReadAsItWasWritten() {
        String wrapped = EditFunction.wrapped("doc.x = \"a\\n\";\n\tdoc.y = 'é'");
        assertTrue(
                wrapped.contains("eval(\"doc.x = \\\"a\\\\n\\\";\\n\\u0009doc.y = 'é'\")"),
                wrapped);
    }

    @Test
    void errorsAreToldByTheLinesOfTheClient() {
        assertEquals(
                "Variable not found: nope (line 2, position 3)",
                EditFunction.unwrapped(
                        "Variable not found: nope (line 2, position 3)\n"
                                + "in call to function 'eval' (line 2, position 6)",
                        "doc.n =\n  nope"));
        assertEquals(
                "Variable not found: nope (line 2, position 3)",
                EditFunction.unwrapped(
                        "Variable not found: nope (line 3, position 3)", "fn f() { 1 }\n  nope"));
        assertEquals(
                "Document doesn't have a `id` attribute: `{\"n\":1}`.",
                EditFunction.unwrapped(
                        "Document doesn't have a `id` attribute:"
                                + " `{\"_miroir_seq\":\"_-\",\"_miroir_shard\":\"--\",\"n\":1}`.",
                        "doc.remove(\"id\")"));
    }
}
