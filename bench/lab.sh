# Sourced by bench/ganesha and bench/compare: namespaces to run servers in, so that fixed ports and sockets disturb nobody
# and everything is gone with the last command.

# Words for a person: what is wrong, why, and what to do.
fail() {
    printf 'error: %s\n cause: %s\nremedy: %s\n' "$1" "$2" "$3" >&2
    exit 1
}

# The comment at the top of the script that was called.
usage() {
    sed -n '2,/^[^#]/{/^[^#]/d;s/^# \{0,1\}//;p}' "$0" >&2
    exit 2
}

# lab_require PROGRAM PACKAGES: fails when this is not root's shell or the program is missing.
lab_require() {
    [ "$(id -u)" -eq 0 ] || fail "cannot start a server for a comparison" \
        "it needs namespaces and file handles: root only" "sudo $0 ..."
    PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null || fail "cannot start a server for a comparison" \
        "$1 is not installed" "apt-get install $2"
}

# lab_enter COMMAND...: replaces this process by the command in network, mount and process namespaces of its own. All of
# it ends when the command does, also when it is killed.
lab_enter() {
    exec unshare --net --mount --pid --fork --kill-child --mount-proc "$@"
}

# lab_end PID: ends what lab_enter became, and with it all that is inside. It takes no notice of gentler signals.
lab_end() {
    kill -KILL "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# To be called once inside: loopback, and an empty /run, where rpcbind and others keep sockets under fixed names.
lab_prepare() {
    ip link set lo up
    mount -t tmpfs tmpfs /run
}

now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

port_answers() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# await_port PORT PID: waits up to 60 s for the port to answer, and no longer than the process lives.
await_port() {
    local turn
    for turn in $(seq 1200); do
        port_answers "$1" && return 0
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.05
    done
    return 1
}

# until_so COMMAND...: tries it for up to two minutes; fails when it never succeeds.
until_so() {
    local turn
    for turn in $(seq 600); do
        ! "$@" || return 0
        sleep 0.2
    done
    return 1
}

# in_step COMMAND...: whether the command, which is twinshare status on the primary, says that its standby is in step.
in_step() {
    "$@" | grep -q 'ONLINE, replicated'
}

# stop_process PID: asks it to end, and waits until it has. Only for children of this shell.
stop_process() {
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}
