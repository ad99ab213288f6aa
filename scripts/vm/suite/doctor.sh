# shellcheck shell=dash
# What doctor says of this kernel; it loads and attaches for a trial.
exec hoodtrace doctor
