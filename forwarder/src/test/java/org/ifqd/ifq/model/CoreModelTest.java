package org.ifqd.ifq.model;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ifqd.ifq.Variant;
import org.ifqd.ifq.model.Design.CompletionKind;
import org.ifqd.ifq.model.Design.SerializerKind;
import org.ifqd.ifq.model.Design.StartKind;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All interleavings: mutual exclusion, no stranded frame, order, no touch of an unmapped ring, exact books, no
 * deadlock; for the designs that are right. And: each broken variant is found.
 */
class CoreModelTest {

    static Stream<Design> rightDesigns() {
        List<Design> designs = new ArrayList<>();
        for (SerializerKind serializer : List.of(SerializerKind.TASK_LIST, SerializerKind.COUNTER)) {
            for (CompletionKind completion :
                    List.of(CompletionKind.RESTART, CompletionKind.LEVEL, CompletionKind.CHECKED)) {
                designs.add(new Design(serializer, completion));
            }
        }
        for (StartKind starts : List.of(StartKind.DIRECT, StartKind.BUNDLED, StartKind.TASK)) {
            designs.add(new Design(SerializerKind.TASK_LIST, CompletionKind.LEVEL, starts));
        }
        return designs.stream();
    }

    static Stream<Variant> brokenVariants() {
        return Stream.of(Variant.values()).filter(Variant::isBroken);
    }

    private static List<Program> programsFor(Design design) {
        if (Boolean.getBoolean("ifqd.model.all")) {
            return Program.all();
        }
        if (design.starts().hasWorker()) {
            return Program.smallest();
        }
        return design.serializer() == SerializerKind.TASK_LIST ? Program.all() : Program.small();
    }

    @ParameterizedTest
    @MethodSource("rightDesigns")
    @DisplayName("I1-I3, I8, I9, I13, I16-I18, I20 in every interleaving of every program")
    void nothingGoesWrongInAnyInterleaving(Design design) {
        int states = 0;
        for (Program program : programsFor(design)) {
            Explorer.Result result = new Explorer(new Core(design, program)).explore();
            assertTrue(result.isRight(), () -> design + " on " + program.name() + ": " + result);
            assertTrue(result.ends() > 0, "no execution of the program ends");
            states += result.states();
        }
        System.out.println("model: " + design + ": right in all of " + states + " states");
    }

    @ParameterizedTest
    @MethodSource("brokenVariants")
    @DisplayName("S9: the exploration finds what is wrong with each broken variant")
    void everyBrokenVariantIsFound(Variant variant) {
        List<String> found = new ArrayList<>();
        for (Program program : Program.all()) {
            Explorer.Result result = new Explorer(new Core(Design.of(variant), program)).explore();
            if (!result.isRight()) {
                found.add(program.name() + ": " + result.violation() + ", after "
                        + result.trace().size() + " steps");
            }
        }
        System.out.println("model: " + variant.key() + " fails on " + String.join("; ", found));
        assertFalse(found.isEmpty(), () -> variant.key() + " survives every program");
    }

    @Test
    @DisplayName("I31: a hand-over of which nobody is told strands frames, and that is found")
    void aHandOverToNobodyIsFound() {
        Design untold = new Design(SerializerKind.TASK_LIST, CompletionKind.LEVEL, StartKind.UNTOLD);
        assertTrue(
                Program.smallest().stream()
                        .anyMatch(p ->
                                !new Explorer(new Core(untold, p)).explore().isRight()),
                "survives every program");
    }
}
