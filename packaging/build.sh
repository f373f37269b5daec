#!/usr/bin/env bash
# Called by ./miroir build, which finds the JDK and compiles first:
#   build.sh JDK ROOT                     nothing more to do
#   build.sh JDK ROOT image-dir [DIR]     a folder that runs without a JDK (DIR: target/image)
#   build.sh JDK ROOT single-file [FILE]  the same as one executable (FILE: target/miroir-bin)
set -euo pipefail

jdk=$1
root=$2
shift 2

# The JDK's modules that the jars use, with two for whoever looks for trouble (jcmd, JFR) and DNS.
modules=java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.security.sasl,java.sql,java.xml
modules=$modules,jdk.jcmd,jdk.jfr,jdk.management,jdk.naming.dns,jdk.unsupported

# The AOT cache knows each file by size and time; archives keep whole seconds only.
stamp=202601010000.00

fail() {
    printf 'miroir: %s\n' "$*" >&2
    exit 1
}

step() {
    printf 'miroir: %s ...\n' "$*" >&2
}

# image_dir DIR
image_dir() {
    local dir=$1 app log=$root/target/image.log
    if [ -e "$dir" ] && [ -n "$(ls -A "$dir")" ]; then
        [ -e "$dir/app/jvm.flags" ] || fail "$dir exists and is not an image: give another directory"
        rm -rf "${dir:?}/app" "$dir/runtime" "$dir/bin" "$dir/share"
    fi
    mkdir -p "$dir/app" "$dir/bin" "$dir/share" "$root/target"
    dir=$(cd "$dir" && pwd)
    app=$dir/app

    step "linking a Java runtime (log: $log)"
    "$jdk/bin/jlink" --add-modules "$modules" --output "$dir/runtime" \
        --strip-debug --no-header-files --no-man-pages >"$log" 2>&1 ||
        { tail -n 20 "$log" >&2; fail "jlink failed"; }
    cp "$root/server/target/miroir-server.jar" "$root/packaging/jvm.flags" "$root/LICENSE" "$app/"
    cp -R "$root/server/target/lib" "$app/lib"
    native_sqlite "$app"
    cp "$root/packaging/image-miroir" "$dir/bin/miroir"
    chmod 755 "$dir/bin/miroir"
    # What a machine needs on which there are no sources.
    cp "$root/packaging/miroir.service" "$root"/docs/operations/examples/*.yaml "$dir/share/"
    find "$dir" -exec env TZ=UTC touch -t "$stamp" {} +

    step "training its AOT caches: pods and nodes start, serve and stop; commands ask them"
    train "$dir" "$log"
    (cd "$app" && wc -c ./*.jar lib/*.jar >miroir.aot.jars)
    TZ=UTC touch -t "$stamp" "$app/miroir.aot" "$app/commands.aot" "$app/miroir.aot.jars"
    step "$dir is ready ($(du -sh "$dir" | cut -f1)): $dir/bin/miroir --help"
}

# native_sqlite APP: SQLite's native part beside its jar, which would else be unpacked into /tmp at
# every start (and could not be run from there where /tmp is mounted noexec).
native_sqlite() {
    local name
    case $(uname -s)-$(uname -m) in
    Linux-x86_64) name=Linux/x86_64 ;;
    Linux-aarch64) name=Linux/aarch64 ;;
    *) return 0 ;;
    esac
    mkdir "$1/native"
    (cd "$1/native" && "$jdk/bin/jar" xf ../lib/sqlite-jdbc-*.jar "org/sqlite/native/$name/libsqlitejdbc.so")
    mv "$1/native/org/sqlite/native/$name/libsqlitejdbc.so" "$1/native/"
    rm -r "$1/native/org"
}

# train DIR LOG: runs on the very files that ship, as the cache is only taken with those.
train() {
    local app=$1/app work
    work=$(mktemp -d)
    if ! "$1/runtime/bin/java" @"$app/jvm.flags" -XX:AOTCacheOutput="$app/miroir.aot" \
        -Dorg.sqlite.lib.path="$app/native" \
        -jar "$app/miroir-server.jar" training --dir "$work" --commands-cache "$app/commands.aot" >>"$2" 2>&1 ||
        [ ! -s "$app/miroir.aot" ] || [ ! -s "$app/commands.aot" ]; then
        rm -rf "$work"
        tail -n 20 "$2" >&2
        fail "the training run failed; its log is $2"
    fi
    rm -rf "$work"
}

# single_file FILE
single_file() {
    local file=$1 image=$root/target/image payload=$root/target/image.tar.gz digest first
    image_dir "$image"
    step "packing one file"
    tar -C "$image" -cf - app bin runtime share | gzip -6 >"$payload"
    digest=$(digest_of "$payload")
    mkdir -p "$(dirname "$file")"
    first=$(($(wc -l <"$root/packaging/single-file-head") + 1))
    sed "s/@DIGEST@/$digest/; s/@FIRST@/$first/" "$root/packaging/single-file-head" >"$file.part"
    cat "$payload" >>"$file.part"
    chmod 755 "$file.part"
    mv "$file.part" "$file"
    rm "$payload"
    step "$file is ready ($(du -h "$file" | cut -f1)): it unpacks itself once, then runs"
}

digest_of() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -c1-16
}

case ${1:-} in
'') ;;
image-dir) image_dir "${2:-$root/target/image}" ;;
single-file) single_file "${2:-$root/target/miroir-bin}" ;;
*) fail "unknown: build $1. Known: build, build image-dir [DIR], build single-file [FILE]" ;;
esac
