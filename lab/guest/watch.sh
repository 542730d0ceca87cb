#!/bin/sh
# Runs a command, and ends it when it has written nothing for so long, or runs for too long: the exit code is 124 then.
#
#   sh watch.sh SILENT-SECONDS MOST-SECONDS COMMAND
#
# What the command wrote is printed when it has ended. Meanwhile lines of "watch: ..." on stderr tell that it does something.

silent=$1 most=$2 command=$3
folder=$(mktemp -d)
: >"$folder/out"
: >"$folder/err"

# A session of its own: all of its processes can be ended
setsid sh -c "exec $command" </dev/null >"$folder/out" 2>"$folder/err" &
program=$!

(
    size=0 quiet=0 seconds=0
    while [ "$quiet" -lt "$silent" ] && [ "$seconds" -lt "$most" ]; do
        sleep 1 >/dev/null 2>&1
        seconds=$((seconds + 1)) quiet=$((quiet + 1))
        now=$(cat "$folder/out" "$folder/err" | wc -c)
        if [ "$now" -ne "$size" ]; then
            size=$now quiet=0
            echo "watch: $now bytes" >&2
        fi
    done
    : >"$folder/ended"
    kill -9 "-$program"
) &
watcher=$!

# Without the shell's own word about signals
wait "$program" 2>/dev/null
code=$?
if [ -e "$folder/ended" ]; then
    code=124
else
    kill "$watcher"
fi
cat "$folder/out"
cat "$folder/err" >&2
rm -r "$folder"
exit "$code"
