# What run and test share: headings with progress, a log, and the name of the step that failed. Sourced, not started.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
log_folder=$root/build/logs
mkdir -p "$log_folder"
step_number=0
step_name=starting
step_log=

trap 'status=$?; if [ $status -ne 0 ]; then
    printf "\n%s failed: %s\n" "${0##*/}" "$step_name" >&2
    [ -z "$step_log" ] || { tail -n 30 "$step_log" >&2; printf "The whole log: %s\n" "$step_log" >&2; }
fi' EXIT

# step NAME COMMAND...: runs COMMAND with its output in a log of its own and a line on the terminal.
step() {
    step_number=$((step_number + 1))
    step_name=$1
    step_log=$log_folder/${0##*/}-$step_number.log
    shift
    printf '[%s of %s] %s ... ' "$step_number" "$step_count" "$step_name"
    local began=$SECONDS
    if [ -t 1 ]; then
        ("$@") >"$step_log" 2>&1 &
        local pid=$! shown=
        while kill -0 "$pid" 2>/dev/null; do    # the last count that the build printed, in place
            shown=$(grep -ao '^\[[0-9]*/[0-9]*\]' "$step_log" 2>/dev/null | tail -n 1)
            printf '\r[%s of %s] %s ... %s ' "$step_number" "$step_count" "$step_name" "$shown"
            sleep 0.5
        done
        wait "$pid"
    else
        ("$@") >"$step_log" 2>&1
    fi
    printf 'done (%s s)\n' $((SECONDS - began))
    step_log=
}

# packages GROUP...: the packages of those groups of dependencies.txt.
packages() {
    awk -v groups=" $* " '/^\[/ { group = substr($0, 2, length($0) - 2) } /^[a-z]/ && index(groups, " " group " ")' \
        "$root/installer/dependencies.txt"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else echo "installing packages needs root or sudo; as root: apt-get install $missing" >&2; return 1
    fi
}

# install_packages GROUP...: installs what is missing; asks the network for nothing when all is there.
install_packages() {
    command -v apt-get >/dev/null || { echo "this script knows Debian's apt-get alone; install what dependencies.txt names" >&2; return 1; }
    missing=$(for package in $(packages "$@"); do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || echo "$package"
    done | tr '\n' ' ')
    [ -n "${missing// /}" ] || { echo "every package is installed"; return 0; }
    as_root apt-get update
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}
