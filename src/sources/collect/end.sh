
say "collected $saved files below $out; $failed could not be"
[ "$saved" -gt 0 ]
