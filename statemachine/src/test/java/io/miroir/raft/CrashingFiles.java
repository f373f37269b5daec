package io.miroir.raft;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The files that there are, until a process that changes them dies before one of its changes: that
 * one and all that follow fail. Changes that are made by other means than Java's paths, as those of
 * SQLite, are not counted.
 */
final class CrashingFiles extends FileSystemProvider {
    private final FileSystemProvider files;
    private final FileSystem system;
    private int changesLeft;

    /** What the process dies of: nothing catches it. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1;
    }

    private CrashingFiles(Path real, int changes) {
        this.files = real.getFileSystem().provider();
        this.system = new Names(real.getFileSystem());
        this.changesLeft = changes;
    }

    /** The same place, for one that dies after so many changes. */
    static Path of(Path real, int changes) {
        return new CrashingFiles(real, changes).wrap(real);
    }

    private void change() {
        if (changesLeft == 0) {
            throw new Crash();
        }
        changesLeft--;
    }

    private Path wrap(Path real) {
        return (Path)
                Proxy.newProxyInstance(
                        CrashingFiles.class.getClassLoader(),
                        new Class<?>[] {Path.class},
                        new Named(real));
    }

    private final class Named implements InvocationHandler {
        private final Path real;

        Named(Path real) {
            this.real = real;
        }

        @Override
        public @Nullable Object invoke(
                Object proxy, java.lang.reflect.Method method, Object @Nullable [] arguments)
                throws Throwable {
            if (method.getName().equals("getFileSystem")) {
                return system;
            }
            Object[] given = arguments == null ? new Object[0] : arguments.clone();
            for (int i = 0; i < given.length; i++) {
                given[i] = given[i] instanceof Path path ? real(path) : given[i];
            }
            try {
                Object answer = method.invoke(real, given);
                return switch (answer) {
                    case Path path -> wrap(path);
                    case Iterator<?> names ->
                            StreamSupport.stream(real.spliterator(), false)
                                    .map(CrashingFiles.this::wrap)
                                    .iterator();
                    case null, default -> answer;
                };
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    private static Path real(Path path) {
        return Proxy.isProxyClass(path.getClass())
                        && Proxy.getInvocationHandler(path) instanceof Named named
                ? named.real
                : path;
    }

    private static boolean writes(Iterable<? extends OpenOption> options) {
        for (OpenOption option : options) {
            if (option != StandardOpenOption.READ && !(option instanceof LinkOption)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public FileChannel newFileChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        if (writes(options)) {
            change();
        }
        return files.newFileChannel(real(path), options, attributes);
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        change();
        files.createDirectory(real(directory), attributes);
    }

    @Override
    public void delete(Path path) throws IOException {
        change();
        files.delete(real(path));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        change();
        files.copy(real(source), real(target), options);
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        change();
        files.move(real(source), real(target), options);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
            Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
        DirectoryStream<Path> names =
                files.newDirectoryStream(real(directory), name -> filter.accept(wrap(name)));
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return StreamSupport.stream(names.spliterator(), false)
                        .map(CrashingFiles.this::wrap)
                        .iterator();
            }

            @Override
            public void close() throws IOException {
                names.close();
            }
        };
    }

    @Override
    public String getScheme() {
        return "crashing";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> settings) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        return system;
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
        return files.isSameFile(real(one), real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return files.isHidden(real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return files.getFileStore(real(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        files.checkAccess(real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        return files.getFileAttributeView(real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
            Path path, Class<A> type, LinkOption... options) throws IOException {
        return files.readAttributes(real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
            throws IOException {
        return files.readAttributes(real(path), names, options);
    }

    @Override
    public void setAttribute(Path path, String name, Object value, LinkOption... options)
            throws IOException {
        files.setAttribute(real(path), name, value, options);
    }

    /** Only what leads to the provider differs. */
    private final class Names extends FileSystem {
        private final FileSystem real;

        Names(FileSystem real) {
            this.real = real;
        }

        @Override
        public FileSystemProvider provider() {
            return CrashingFiles.this;
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return real.isOpen();
        }

        @Override
        public boolean isReadOnly() {
            return real.isReadOnly();
        }

        @Override
        public String getSeparator() {
            return real.getSeparator();
        }

        @Override
        public Iterable<Path> getRootDirectories() {
            return real.getRootDirectories();
        }

        @Override
        public Iterable<FileStore> getFileStores() {
            return real.getFileStores();
        }

        @Override
        public Set<String> supportedFileAttributeViews() {
            return real.supportedFileAttributeViews();
        }

        @Override
        public Path getPath(String first, String... more) {
            return wrap(real.getPath(first, more));
        }

        @Override
        public PathMatcher getPathMatcher(String pattern) {
            PathMatcher matcher = real.getPathMatcher(pattern);
            return path -> matcher.matches(real(path));
        }

        @Override
        public UserPrincipalLookupService getUserPrincipalLookupService() {
            return real.getUserPrincipalLookupService();
        }

        @Override
        public WatchService newWatchService() throws IOException {
            return real.newWatchService();
        }
    }
}
