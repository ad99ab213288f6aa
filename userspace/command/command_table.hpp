// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of subcommands.
#pragma once

#include <array>
#include <string_view>

#include "command/options.hpp"

namespace hoodtrace {

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view examples;  // lines for --help
  bool is_view;               // takes the options that all viewing commands share
  // The process's exit code, or an error.
  Result<int> (*run)(const Options& options, const Environment& environment);
};

Result<int> run_sched(const Options& options, const Environment& environment);
Result<int> run_faults(const Options& options, const Environment& environment);
Result<int> run_procs(const Options& options, const Environment& environment);
Result<int> run_cache(const Options& options, const Environment& environment);
Result<int> run_record(const Options& options, const Environment& environment);
Result<int> run_export(const Options& options, const Environment& environment);
Result<int> run_info(const Options& options, const Environment& environment);
Result<int> run_boot(const Options& options, const Environment& environment);
Result<int> run_doctor(const Options& options, const Environment& environment);

inline constexpr std::array kCommands = {
    Command{"sched", "how long each task waits for a CPU, and behind whom",
            "  sudo hoodtrace sched -d 5\n"
            "  sudo hoodtrace sched --pid 4242 -i 1s --threshold 5ms\n"
            "  sudo hoodtrace sched --format json -o report.json -- make -j2",
            true, run_sched},
    Command{"faults", "page faults by kind, mapping and cost; copy-on-write after a fork",
            "  sudo hoodtrace faults -d 5\n"
            "  sudo hoodtrace faults --by mapping --pid 4242 -i 1s\n"
            "  sudo hoodtrace faults --cow --pid $(pidof redis-server) --follow\n"
            "  sudo hoodtrace faults --format json -o report.json -- make -j2",
            true, run_faults},
    Command{"procs", "fork, first run, exec, exit, reaped: the life of every process",
            "  sudo hoodtrace procs -d 10\n"
            "  sudo hoodtrace procs --tree -- make -j2\n"
            "  sudo hoodtrace procs --failed --unit nginx\n"
            "  sudo hoodtrace procs --format json -o lives.json -- ./test.sh",
            true, run_procs},
    Command{"cache", "page cache: pages added, evicted, hit and missed, by file and task",
            "  sudo hoodtrace cache -d 10\n"
            "  sudo hoodtrace cache --pid 4242 -i 1s --sort misses\n"
            "  sudo hoodtrace cache --format json -o cache.json -- grep -r needle /usr",
            true, run_cache},
    Command{"record", "write every event into a trace file, to be viewed later with --from",
            "  sudo hoodtrace record -d 10 -o run.htrec\n"
            "  sudo hoodtrace record sched -o build.htrec -- make\n"
            "  sudo hoodtrace record -o big.htrec --max-size 512M --compress zstd:6\n"
            "  sudo hoodtrace record -o last.htrec --ring 30s --trigger 'wait>20ms'\n"
            "  hoodtrace sched --from build.htrec",
            true, run_record},
    Command{"export", "events to Perfetto, JSON lines, CSV or HTML, from a trace file or live",
            "  hoodtrace export --from run.htrec --to jsonl -o run.jsonl\n"
            "  hoodtrace export --from run.htrec --to perfetto -o run.pftrace\n"
            "  sudo hoodtrace export --to csv -d 2 -o two_seconds.csv\n"
            "  sudo hoodtrace export --to html -o build.html -- make -j2",
            true, run_export},
    Command{"info", "what is in a recording, and whether it is whole",
            "  hoodtrace info run.htrec\n"
            "  hoodtrace info run.htrec --format json",
            false, run_info},
    Command{"boot", "capture a boot, and report it by process and by unit",
            "  sudo hoodtrace boot enable && sudo reboot\n"
            "  sudo hoodtrace boot report\n"
            "  sudo hoodtrace boot enable --initrd --every 5 --limit 2min\n"
            "  hoodtrace boot report --format json boot.htrec",
            false, run_boot},
    Command{"doctor", "what this kernel and these privileges let hoodtrace see",
            "  sudo hoodtrace doctor\n"
            "  hoodtrace doctor --format json",
            false, run_doctor},
};

}  // namespace hoodtrace
