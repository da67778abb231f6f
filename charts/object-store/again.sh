#!/bin/sh
# again TRIES COMMAND [ARGUMENT...]: runs a command until it succeeds, every five seconds. The other scripts read this file.
#
# With several servers each command of mc may reach another one. A server that has just started answers "not initialized
# yet", or has missed the user or the policy that a server before it has made: each keeps them in memory.
again() {
  tries=$1
  shift
  until "$@"; do
    tries=$((tries - 1))
    if [ "$tries" -le 0 ]; then return 1; fi
    sleep 5
  done
}
