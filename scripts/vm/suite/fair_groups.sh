# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Spinners in cgroups of weights 300 and 100, one of them two levels down, and in two sessions (autogroup), on
# one CPU: what they were due follows from the weights, what they got from that. Where all tasks of a CPU are
# on one queue (7.x), it also follows from the weights that the kernel itself gave each of them.
# where: guest
# long: yes
. "${0%/*}/report.sh"
workload=/hoodtrace/tests/support/workload
[ -x "$workload" ] || { echo "this build has no workload" && exit 77; }
grep -qw cpu /sys/fs/cgroup/cgroup.controllers || { echo "this kernel has no cpu controller" && exit 77; }
top=/sys/fs/cgroup/hoodtrace-fair
mkdir -p $top/heavy/inner $top/light
for folder in /sys/fs/cgroup $top $top/heavy; do
  echo +cpu >$folder/cgroup.subtree_control || fail "no cpu controller in $folder"
done
echo 300 >$top/heavy/cpu.weight
echo 100 >$top/light/cpu.weight
spinners=
trap 'kill -9 $spinners 2>/dev/null; rm -f "$report" "$errors"' EXIT
# spins CGROUP WORDS...: in the background, until it is killed
spins() {
  (echo 0 >"$top$1/cgroup.procs" && shift && exec "$workload" spin ms=600000 "$@" >/dev/null) &
  spinners="$spinners $!"
}
# fair COMM KEY: of the list "fair"
fair() {
  sed 's/.*"fair":\[//; s/\],"tasks".*//; s/},{/}\n{/g' "$report" | grep "\"comm\":\"$1\"" |
    sed -n "s/.*\"$2\":\([0-9]*\)[,}].*/\1/p"
}
# They spin for some seconds before, and go on afterwards: groups' shares have settled, and nobody is alone.
trace() {
  sleep 3
  hoodtrace sched --fair -d 6s -o "$report" --format json 2>"$errors" ||
    { code=$? && cat "$errors" && exit "$code"; }
  nothing_lost
}
# sum KEY COMM...
sum() {
  key=$1 sum=0
  shift
  for comm in "$@"; do sum=$((sum + $(fair "$comm" "$key"))); done
  echo $sum
}
# weight_of COMM: 1024 * how long it ran, divided by how far its vruntime went meanwhile, in thousandths
weight_of() { echo $(($(fair "$1" vruntime_ran_ns) * 1024 / ($(fair "$1" vruntime_ns) / 1000))); }
# got_alike COMM...: sleepers with a delayed dequeue are due a part that they do not take, and the others
# get it in proportion to their dues (docs/kernel-notes.md, note 95). On 6.1 those that sleep take more than
# their due (note 124): a part of what hoodtrace and the kernel's threads need.
got_alike() {
  due=$(sum due_ns "$@") got=$(sum got_ns "$@")
  [ $((got * 100)) -ge $((due * 95)) ] || fail "they got $got of $due"
  for comm in "$@"; do
    within "got of $comm" $(($(fair "$comm" due_ns) * (got / 1000) / (due / 1000))) \
      "$(fair "$comm" got_ns)" 4 6
  done
}
# as_the_kernel_weighs COMM...: on a flat queue vruntime goes by the task's part in all groups (se.h_load).
as_the_kernel_weighs() {
  due=$(sum due_ns "$@") all=0
  for comm in "$@"; do all=$((all + $(weight_of "$comm"))); done
  for comm in "$@"; do
    within "due of $comm by the kernel's own weight $(weight_of "$comm")" \
      $((due / 1000 * $(weight_of "$comm") / all * 1000)) "$(fair "$comm" due_ns)" 4 6
  done
}
spins /heavy/inner h1 h2:nice=5
spins /light l1
trace
within "due of heavy, three times light's" $((3 * $(fair l1 due_ns))) "$(sum due_ns h1 h2)" 4 6
within "due of nice 5 in heavy" $(($(fair h1 due_ns) / 1024 * 335)) "$(fair h2 due_ns)" 4 6
got_alike h1 h2 l1
# A task of nice 0 on a queue of its own group has a vruntime that goes with time.
is_flat=
[ "$(weight_of l1)" -gt 900000 ] || is_flat=yes
echo "one queue for all: ${is_flat:-no}"
[ -z "$is_flat" ] || as_the_kernel_weighs h1 h2 l1
# shellcheck disable=SC2086 # a list
kill -9 $spinners
wait
spinners=
autogroup=/proc/sys/kernel/sched_autogroup_enabled
[ -w $autogroup ] || { echo "this kernel has no autogroups" && exit 0; }
was=$(cat $autogroup)
trap 'kill -9 $spinners 2>/dev/null; echo $was >$autogroup; rm -f "$report" "$errors"' EXIT
echo 1 >$autogroup
top=/sys/fs/cgroup
spins "" session=1 s1
spins "" session=1 s2 s3:nice=5
trace
within "due of the second session" "$(fair s1 due_ns)" "$(sum due_ns s2 s3)" 4 6
within "due of nice 5 in it" $(($(fair s2 due_ns) / 1024 * 335)) "$(fair s3 due_ns)" 4 6
got_alike s1 s2 s3
[ -z "$is_flat" ] || as_the_kernel_weighs s1 s2 s3
