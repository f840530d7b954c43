package org.ifqd.ifq;

/** Which serializer the tests of this package run with: the real one, unless {@code -Difqd.variant} names another. */
final class Serializers {
    private Serializers() {}

    static Serializer inUse(String name, TaskListSerializer.Monitor monitor) {
        return Variant.inUse().serializer(name, monitor);
    }
}
