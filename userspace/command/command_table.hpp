// SPDX-License-Identifier: GPL-2.0-or-later
// The one list of subcommands.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "command/options.hpp"

namespace hoodtrace {

// Groups of options; a command has those that it heeds, and --help shows no others.
enum class OptionGroup : std::uint32_t {
  kNone = 0,
  kTarget = 1U << 0,    // whom: --pid ... and -- COMMAND
  kRun = 1U << 1,       // how long, the rings
  kBtf = 1U << 2,       // --btf
  kWakers = 1U << 3,    // --wakers
  kFallback = 1U << 4,  // --fallback
  kExecs = 1U << 5,     // what is recorded of execs
  kInterval = 1U << 6,  // a report each so often
  kRows = 1U << 7,      // --by, of those that the command names; --sort, --top
  kHistogram = 1U << 8,
  kForm = 1U << 9,            // --format, --color
  kOutput = 1U << 10,         // -o
  kFrom = 1U << 11,           // --from
  kTee = 1U << 12,            // -w
  kRecordingForm = 1U << 13,  // compression and size
  // Of one command alone.
  kSched = 1U << 14,
  kFaults = 1U << 15,
  kProcs = 1U << 16,
  kRecord = 1U << 17,
  kExport = 1U << 18,
  kInfo = 1U << 19,
  kBoot = 1U << 20,
  kVerbose = 1U << 21,  // -v
  kWhy = 1U << 22,
  kTop = 1U << 23,
  kDisk = 1U << 24,
  kCache = 1U << 26,
  kDiff = 1U << 27,
  kLab = 1U << 28,
  kServe = 1U << 25,
};
constexpr OptionGroup operator|(OptionGroup a, OptionGroup b) {
  return static_cast<OptionGroup>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool operator&(OptionGroup a, OptionGroup b) {
  return (static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b)) != 0;
}

// What every command that traces heeds; and every view.
inline constexpr OptionGroup kTraceOptions =
    OptionGroup::kTarget | OptionGroup::kRun | OptionGroup::kBtf | OptionGroup::kOutput;
inline constexpr OptionGroup kViewOptions =
    kTraceOptions | OptionGroup::kInterval | OptionGroup::kForm | OptionGroup::kFrom |
    OptionGroup::kVerbose | OptionGroup::kTee | OptionGroup::kRecordingForm;

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view examples;  // lines for --help
  OptionGroup options;
  std::span<const Grouping> groupings = {};  // the choices of --by
  std::optional<Family> family = {};         // what it traces whatever else is asked for
  // Sets what follows from several options together; an error names options that exclude each
  // other.
  Result<void> (*complete)(Options& options) = nullptr;
  // The process's exit code, or an error.
  Result<int> (*run)(const Options& options, const Environment& environment) = nullptr;
  std::size_t default_rows = 25;  // of a text report

  [[nodiscard]] constexpr bool has(OptionGroup group) const { return options & group; }
};

inline constexpr Grouping kSchedGroupings[] = {Grouping::kThread, Grouping::kProcess,
                                               Grouping::kComm, Grouping::kCgroup, Grouping::kCpu};
inline constexpr Grouping kFaultsGroupings[] = {Grouping::kThread,  Grouping::kProcess,
                                                Grouping::kComm,    Grouping::kCgroup,
                                                Grouping::kMapping, Grouping::kAddress};
inline constexpr Grouping kWhyGroupings[] = {Grouping::kThread, Grouping::kProcess, Grouping::kComm,
                                             Grouping::kCgroup};
inline constexpr Grouping kCacheGroupings[] = {Grouping::kThread, Grouping::kProcess,
                                               Grouping::kComm, Grouping::kCgroup};

inline constexpr Grouping kDiskGroupings[] = {Grouping::kFile, Grouping::kTask, Grouping::kCgroup,
                                              Grouping::kDevice, Grouping::kOp};

Result<void> complete_sched(Options& options);
Result<void> complete_procs(Options& options);
Result<void> complete_cache(Options& options);
Result<void> complete_record(Options& options);  // and export
Result<void> complete_boot(Options& options);
Result<void> complete_why(Options& options);
Result<void> complete_top(Options& options);
Result<void> complete_disk(Options& options);
Result<void> complete_lab(Options& options);
Result<void> complete_diff(Options& options);
Result<void> complete_serve(Options& options);

Result<int> run_sched(const Options& options, const Environment& environment);
Result<int> run_faults(const Options& options, const Environment& environment);
Result<int> run_procs(const Options& options, const Environment& environment);
Result<int> run_cache(const Options& options, const Environment& environment);
Result<int> run_why(const Options& options, const Environment& environment);
Result<int> run_top(const Options& options, const Environment& environment);
Result<int> run_serve(const Options& options, const Environment& environment);
Result<int> run_disk(const Options& options, const Environment& environment);
Result<int> run_record(const Options& options, const Environment& environment);
Result<int> run_export(const Options& options, const Environment& environment);
Result<int> run_lab(const Options& options, const Environment& environment);
Result<int> run_diff(const Options& options, const Environment& environment);
Result<int> run_info(const Options& options, const Environment& environment);
Result<int> run_boot(const Options& options, const Environment& environment);
Result<int> run_doctor(const Options& options, const Environment& environment);

inline constexpr std::array kCommands = {
    Command{"sched", "how long each task waits for a CPU, and behind whom",
            "  sudo hoodtrace sched -d 5\n"
            "  sudo hoodtrace sched --pid 4242 -i 1s --threshold 5ms\n"
            "  sudo hoodtrace sched --format json -o report.json -- make -j2",
            kViewOptions | OptionGroup::kRows | OptionGroup::kHistogram | OptionGroup::kWakers |
                OptionGroup::kFallback | OptionGroup::kSched,
            kSchedGroupings, Family::kSched, complete_sched, run_sched},
    Command{"faults", "page faults by kind, mapping and cost; copy-on-write after a fork",
            "  sudo hoodtrace faults -d 5\n"
            "  sudo hoodtrace faults --by mapping --pid 4242 -i 1s\n"
            "  sudo hoodtrace faults --cow --pid $(pidof redis-server) --follow\n"
            "  sudo hoodtrace faults --format json -o report.json -- make -j2",
            kViewOptions | OptionGroup::kRows | OptionGroup::kHistogram | OptionGroup::kFaults,
            kFaultsGroupings, Family::kFaults, nullptr, run_faults},
    Command{"procs",
            "fork, first run, exec, exit, reaped: the life of every process",
            "  sudo hoodtrace procs -d 10\n"
            "  sudo hoodtrace procs --tree -- make -j2\n"
            "  sudo hoodtrace procs --failed --unit nginx\n"
            "  sudo hoodtrace procs --format json -o lives.json -- ./test.sh",
            kViewOptions | OptionGroup::kFallback | OptionGroup::kExecs | OptionGroup::kProcs,
            {},
            Family::kLife,
            complete_procs,
            run_procs},
    Command{"cache", "page cache: pages added, evicted, hit and missed, by file and task",
            "  sudo hoodtrace cache -d 10\n"
            "  sudo hoodtrace cache --pid 4242 -i 1s --sort misses\n"
            "  sudo hoodtrace cache --disk --sort readahead_unused_ns -d 60\n"
            "  sudo hoodtrace cache --format json -o cache.json -- grep -r needle /usr",
            kViewOptions | OptionGroup::kRows | OptionGroup::kCache, kCacheGroupings,
            Family::kCache, complete_cache, run_cache},
    Command{"why", "where the time of each thread went, by cause, adding up to 100 %",
            "  sudo hoodtrace why --pid $(pidof postgres) -d 10\n"
            "  sudo hoodtrace why -- make -j2\n"
            "  sudo hoodtrace why --unit nginx --by process --threshold 50ms\n"
            "  sudo hoodtrace why --pid 4242 -d 10 --format json -o why.json",
            kViewOptions | OptionGroup::kRows | OptionGroup::kFallback | OptionGroup::kWhy,
            kWhyGroupings, Family::kWhy, complete_why, run_why, 10},
    Command{"top",
            "a screen to look around in: units, tasks, causes, CPUs, faults, files, lives",
            "  sudo hoodtrace top\n"
            "  sudo hoodtrace top --unit postgresql --families sched,why\n"
            "  hoodtrace top --from run.htrec",
            OptionGroup::kTarget | OptionGroup::kRun | OptionGroup::kBtf | OptionGroup::kFrom |
                OptionGroup::kExecs | OptionGroup::kTop,
            {},
            {},
            complete_top,
            run_top},
    Command{"disk", "block I/O: who asked, for which file, how long it took, who slept for it",
            "  sudo hoodtrace disk -d 10\n"
            "  sudo hoodtrace disk --by file --threshold 20ms -d 60\n"
            "  sudo hoodtrace disk --syncs --pid $(pidof postgres) -i 1s\n"
            "  sudo hoodtrace disk --format json -o disk.json -- tar cf x.tar /usr",
            kViewOptions | OptionGroup::kRows | OptionGroup::kHistogram | OptionGroup::kDisk,
            kDiskGroupings, Family::kDisk, complete_disk, run_disk},
    Command{"serve",
            "the numbers of each unit and container for Prometheus, counted in the kernel",
            "  sudo hoodtrace serve\n"
            "  sudo hoodtrace serve --cgroup /system.slice --max-units 50\n"
            "  sudo hoodtrace serve --listen unix:/run/hoodtrace.sock --families sched",
            OptionGroup::kServe | OptionGroup::kRun | OptionGroup::kBtf,
            {},
            {},
            complete_serve,
            run_serve},
    Command{"record",
            "write every event into a trace file, to be viewed later with --from",
            "  sudo hoodtrace record -d 10 -o run.htrec\n"
            "  sudo hoodtrace record sched -o build.htrec -- make\n"
            "  sudo hoodtrace record -o big.htrec --max-size 512M --compress zstd:6\n"
            "  sudo hoodtrace record -o last.htrec --ring 30s --trigger 'wait>20ms'\n"
            "  hoodtrace sched --from build.htrec",
            kTraceOptions | OptionGroup::kWakers | OptionGroup::kFallback | OptionGroup::kExecs |
                OptionGroup::kRecordingForm | OptionGroup::kRecord,
            {},
            {},
            complete_record,
            run_record},
    Command{"export",
            "events to Perfetto, JSON lines, CSV or HTML, from a trace file or live",
            "  hoodtrace export --from run.htrec --to jsonl -o run.jsonl\n"
            "  hoodtrace export --from run.htrec --to perfetto -o run.pftrace\n"
            "  sudo hoodtrace export --to csv -d 2 -o two_seconds.csv\n"
            "  sudo hoodtrace export --to html -o build.html -- make -j2",
            kTraceOptions | OptionGroup::kWakers | OptionGroup::kFallback | OptionGroup::kExecs |
                OptionGroup::kFrom | OptionGroup::kExport,
            {},
            {},
            complete_record,
            run_export},
    Command{"info",
            "contents of a recording, and whether it is complete",
            "  hoodtrace info run.htrec\n"
            "  hoodtrace info run.htrec --format json",
            OptionGroup::kOutput | OptionGroup::kForm | OptionGroup::kInfo,
            {},
            {},
            nullptr,
            run_info},
    Command{"diff",
            "what changed between two recordings, and whether it is more than noise",
            "  hoodtrace diff before.htrec after.htrec\n"
            "  hoodtrace diff --per fork before.htrec after.htrec\n"
            "  hoodtrace diff --a 'before*.htrec' --b 'after*.htrec'\n"
            "  hoodtrace diff --gate 'wait_p99<1.2x' good.htrec new.htrec\n"
            "  hoodtrace diff --html diff.html before.htrec after.htrec",
            OptionGroup::kOutput | OptionGroup::kForm | OptionGroup::kDiff,
            {},
            {},
            complete_diff,
            run_diff},
    Command{"lab",
            "experiments with numbers known beforehand, on this kernel",
            "  hoodtrace lab\n"
            "  hoodtrace lab --explain cow\n"
            "  hoodtrace lab --explain --to html -o lab.html\n"
            "  sudo hoodtrace lab cow zero-page\n"
            "  sudo hoodtrace lab --all --format json",
            OptionGroup::kOutput | OptionGroup::kForm | OptionGroup::kLab,
            {},
            {},
            complete_lab,
            run_lab},
    Command{"boot",
            "capture a boot, and report it by process and by unit",
            "  sudo hoodtrace boot enable && sudo reboot\n"
            "  sudo hoodtrace boot report\n"
            "  sudo hoodtrace boot enable --initrd --every 5 --limit 2min\n"
            "  hoodtrace boot report --format json boot.htrec",
            OptionGroup::kBoot,
            {},
            {},
            complete_boot,
            run_boot},
    Command{"doctor",
            "what this kernel and these privileges let hoodtrace see",
            "  sudo hoodtrace doctor\n"
            "  hoodtrace doctor --format json",
            OptionGroup::kOutput | OptionGroup::kForm | OptionGroup::kBtf,
            {},
            {},
            nullptr,
            run_doctor},
};

}  // namespace hoodtrace
