package io.miroir.embedded.tasks;

import io.miroir.embedded.engine.IndexEngine;
import io.miroir.embedded.store.IndexRow;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.Stream;

/** The engines of all indexes, by directory. An index in use is not closed under its users. */
public final class OpenIndexes implements Closeable {
    private final Path directory;
    private final Opener opener;
    private final Map<String, Handle> handles = new ConcurrentHashMap<>();

    /** Opens the index of a directory, making it if need be. */
    @FunctionalInterface
    public interface Opener {
        /** Opens or makes an index. */
        IndexEngine open(Path directory) throws IOException;
    }

    private record Handle(IndexEngine engine, ReadWriteLock lock) {}

    /** Indexes below a directory. */
    public OpenIndexes(Path directory, Opener opener) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.opener = opener;
    }

    /** Does something with an index, which stays open meanwhile. */
    public <T> T use(IndexRow index, Function<IndexEngine, T> action) {
        Handle handle = handles.computeIfAbsent(index.directory(), this::open);
        handle.lock.readLock().lock();
        try {
            return action.apply(handle.engine);
        } finally {
            handle.lock.readLock().unlock();
        }
    }

    /** Closes an index and removes its files, after its last user has left. */
    public void drop(String name) throws IOException {
        Handle handle = handles.remove(name);
        if (handle != null) {
            close(handle);
        }
        removeFiles(directory.resolve(name));
    }

    /** Removes every index except these: what a crash left behind. */
    public void sweep(Set<String> needed) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.toList()) {
                if (!needed.contains(child.getFileName().toString())) {
                    removeFiles(child);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Handle handle : handles.values()) {
            close(handle);
        }
        handles.clear();
    }

    private Handle open(String name) {
        try {
            return new Handle(opener.open(directory.resolve(name)), new ReentrantReadWriteLock());
        } catch (IOException broken) {
            throw new UncheckedIOException("an index can't be opened", broken);
        }
    }

    private static void close(Handle handle) throws IOException {
        handle.lock.writeLock().lock();
        try {
            handle.engine.close();
        } finally {
            handle.lock.writeLock().unlock();
        }
    }

    private static void removeFiles(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
