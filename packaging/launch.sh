# Sourced by ./twinshare and ./twinmount: finds a JDK, builds a module when its sources are newer than its build, and
# starts its main class. Variables of the caller: root, the repository's top directory.

# Words for a person: what is wrong, why, and what to do.
launch_fail() {
    printf 'error: %s\n cause: %s\nremedy: %s\n' "$1" "$2" "$3" >&2
    exit 1
}

# Whether this directory holds Java 25 or later. Its release file says so without starting it.
launch_is_java() {
    local line
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    # Read by the shell itself: each program that a short command starts costs it some milliseconds.
    while read -r line; do
        if [[ $line =~ ^JAVA_VERSION=\"([0-9]+) ]]; then
            [ "${BASH_REMATCH[1]}" -ge 25 ]
            return
        fi
    done <"$1/release"
    return 1
}

# Sets java_home: JAVA_HOME when it is new enough, else what is installed in /usr/lib/jvm.
launch_find_java() {
    local candidate
    for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
        if [ -n "$candidate" ] && launch_is_java "$candidate"; then
            java_home=$candidate
            return 0
        fi
    done
    launch_fail "no Java 25 found" "JAVA_HOME is '${JAVA_HOME:-}' and /usr/lib/jvm has none" \
        "install a JDK 25, see the first lines of README.md, or set JAVA_HOME to one"
}

# launch_build MODULE SOURCE_MODULE...: builds MODULE with what it needs when there is no build, or when a source or a
# pom.xml of the modules named is newer than the build.
launch_build() {
    local module=$1 stamp=$root/$1/target/launch.stamp paths=("$root/pom.xml") each
    shift
    for each in "$module" "$@"; do
        paths+=("$root/$each/pom.xml" "$root/$each/src/main")
    done
    if [ -e "$stamp" ] && [ -z "$(find "${paths[@]}" -newer "$stamp" -print -quit)" ]; then
        return 0
    fi
    command -v mvn >/dev/null || launch_fail "cannot build on first use" "Maven is not installed" "apt-get install maven"
    echo "Building $module (on first use, and when sources have changed) ..." >&2
    # The time of the beginning counts: a source that changes during the build is newer than the build.
    mkdir -p "${stamp%/*}"
    touch "$stamp.begun"
    # Else the jar of a library stays beside the one of its next version, and both would be in the class path.
    rm -rf "$root/$module"/target/lib "$root/$module"/target/*.jar
    (cd "$root" && mvn -B -q -DskipTests -Djacoco.skip=true -pl "$module" -am package) >&2 ||
        launch_fail "the build failed" "see above" "mvn -pl $module -am package"
    "$java_home/bin/java" "$root/packaging/NewerClassFiles.java" "$root/$module"/target/lib/*.jar
    mv "$stamp.begun" "$stamp"
}

# Sets class_path: the jar of a module and all that it needs, in an order that is always the same.
launch_class_path() {
    local jars=("$1"/target/*-SNAPSHOT.jar "$1"/target/lib/*.jar)
    class_path=$(IFS=:; echo "${jars[*]}")
}

# launch_cache_is_fresh MODULE CACHE: whether the ahead-of-time cache belongs to this build.
launch_cache_is_fresh() {
    [ -e "$2" ] && [ ! "$1/target/launch.stamp" -nt "$2" ]
}

# launch_train CACHE SCRIPT: lets a script run the program once, which leaves behind a cache of what it loaded, so that
# later starts take half as long. Sees java_home, options, class_path and main. Without a cache everything works too.
launch_train() {
    local cache=$1 script=$2
    echo "Preparing fast starts (once after a build) ..." >&2
    ( . "$script" ) >"$cache.log" 2>&1 || echo "No fast starts: see $cache.log" >&2
    # Also where it failed, so that it is not tried again with every start.
    touch "$cache"
}
