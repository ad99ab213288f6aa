# shellcheck shell=dash
# The live tests of CI, where one CPU and a tiny userland are enough for them.
# where: guest
tests=/hoodtrace/tests/live/live_tests
[ -x "$tests" ] || { echo "this build has no live tests" && exit 77; }
hoodtrace doctor >/dev/null 2>&1 || { hoodtrace doctor | tail -n 1 && exit 3; }
# Not here: what wants python3 or util-linux's setpriv (suite/unprivileged.sh has that).
not='SchedTraps.Trap06*:Errors.NotRoot*:Errors.DoctorWithout*'
"$tests" --gtest_brief=1 --gtest_filter="-$not"
