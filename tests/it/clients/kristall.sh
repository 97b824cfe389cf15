# Opens each URL among the arguments in Kristall and waits for a window whose name holds the word after it.
kristall >/dev/null 2>&1 &
client=$!
wait_for() {
    for _ in $(seq 100); do
        xdotool search --onlyvisible --name "$1" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    echo "no window called $1 but: $(xdotool search --onlyvisible --name . getwindowname %@ 2>/dev/null | tr '\n' '|')"
    kill "$client"
    exit 1
}
wait_for Kristall
while [ "$#" -gt 1 ]; do
    # The address bar takes the keyboard when it is clicked on.
    xdotool mousemove 300 34 click 1
    xdotool key ctrl+a
    xdotool type --delay 5 "$1"
    xdotool key Return
    wait_for "$2"
    echo "shown: $2"
    xdotool key Escape
    shift 2
done
kill "$client"
