# For each three of its arguments, opens the first in Kristall, types the second into the prompt if it is not empty,
# and waits for a window whose name holds the third.
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
# The prompt is a window without a name.
wait_for_prompt() {
    for _ in $(seq 100); do
        [ "$(xdotool search --onlyvisible --class kristall 2>/dev/null | wc -l)" -gt "$windows" ] && return 0
        sleep 0.1
    done
    echo "no prompt"
    kill "$client"
    exit 1
}
wait_for Kristall
while [ "$#" -gt 2 ]; do
    windows=$(xdotool search --onlyvisible --class kristall 2>/dev/null | wc -l)
    # The address bar takes the keyboard when it is clicked on.
    xdotool mousemove 300 34 click 1
    xdotool key ctrl+a
    xdotool type --delay 5 "$1"
    xdotool key Return
    if [ -n "$2" ]; then
        wait_for_prompt
        xdotool type --delay 5 "$2"
        xdotool key Return
    fi
    wait_for "$3"
    echo "shown: $3"
    shift 3
done
kill "$client"
