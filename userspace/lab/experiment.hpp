// SPDX-License-Identifier: GPL-2.0-or-later
// An experiment: a scene with known numbers, and what they must be in hoodtrace's reports.
//
// The scene is played by a process of its own (`hoodtrace lab --scene NAME`), recorded by
// `hoodtrace record`. It writes down what it did and what the kernel counted of it: its facts. The
// reports are those of the ordinary commands, from the recording. The judge compares all three.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hoodtrace {

using LabJson = nlohmann::ordered_json;

// The settings of a scene.
struct LabSettings {
  std::string folder;         // on a disk, of the scene's own; empty when it is judged only
  std::uint64_t pages = 512;  // of memory or of a file
  std::uint64_t ms = 200;     // how long a state is held
};

// A report of a command, and where its numbers are. Numbers that are not there are null.
class Evidence {
 public:
  LabJson facts;
  std::map<std::string, LabJson, std::less<>> reports;  // by command
  // Switches that the kernel showed to no tracer: each may hide the sleep of the task that it took off
  // the CPU, and of the one that it brought.
  std::uint64_t unshown = 0;

  [[nodiscard]] const LabJson& report(std::string_view command) const;
  // The faults in the addresses [region[0], region[1]) of `kind`, of one process, or of all with 0.
  [[nodiscard]] LabJson faults_in(const LabJson& region, std::string_view kind,
                                  const LabJson& pid = 0) const;
  // The row of a process in the report of procs, or of a thread in that of sched; null when there is none.
  [[nodiscard]] LabJson life(const LabJson& pid) const;
  [[nodiscard]] LabJson thread(const LabJson& tid) const;
  // The row of a thread in the list `fair` of sched --fair.
  [[nodiscard]] LabJson fair(const LabJson& tid) const;
  // Time of a thread in the report of why, of one part and, unless "", one cause.
  [[nodiscard]] std::uint64_t why_ns(const LabJson& tid, std::string_view part,
                                     std::string_view cause = "") const;
  // The row of the file in the report of cache; null when there is none.
  [[nodiscard]] LabJson file(const LabJson& dev, const LabJson& inode) const;
};

// The value of a key of a row; null when there is no row, or no such key.
LabJson value_of(const LabJson& row, const char* key);

enum class LabUnit : std::uint8_t { kCount, kNs, kBytes, kPercent, kText };

struct LabCheck {
  std::string what;
  LabUnit unit = LabUnit::kCount;
  LabJson predicted;  // a number or a text; {"least", "most"}: a range
  LabJson measured;   // null: not measured
  LabJson kernel;     // what an independent count says; null: there is none
  bool ok = false;
};

// The checks of an experiment, as the judge makes them.
class Verdict {
 public:
  std::vector<LabCheck> checks;
  std::vector<std::string> notes;  // what this kernel cannot measure

  // The measured number is the predicted one, and so is the kernel's where there is one.
  void equal(std::string what, const LabJson& predicted, const LabJson& measured,
             const LabJson& kernel = nullptr, LabUnit unit = LabUnit::kCount);
  // It is in the range. The kernel's number, if there is one, differs from it by `slack` at most.
  void within(std::string what, double least, double most, const LabJson& measured, LabUnit unit,
              const LabJson& kernel = nullptr, double slack = 0);
  void at_least(std::string what, double least, const LabJson& measured, LabUnit unit);

  [[nodiscard]] bool passed() const;
};

// A picture for --explain: lanes with bars from left to right. Text and HTML are drawn from it.
struct LabBar {
  std::string_view lane;  // bars of one lane follow each other, from left to right
  double from = 0;
  double to = 0;
  char kind = '#';         // of kBarKinds
  std::string_view label;  // shown where there is space
};
struct LabPicture {
  std::string_view
      axis;  // what is shown from left to right, in which unit; and what the kinds mean
  std::span<const LabBar> bars;
};
// '#' and '=': two kinds of activity; '.': it waits; '-': it sleeps; '|': a moment.
inline constexpr std::string_view kBarKinds = "#=.-|";

struct Experiment {
  std::string_view name;
  std::string_view chapter;
  std::string_view summary;
  std::string_view families;  // to record: "faults procs"
  std::string_view views;     // commands that report: "faults --by address; procs"
  std::string_view text;      // for --explain: what is predicted, and why
  // Why it cannot run here; "" when it can.
  std::string (*lacks)(const LabSettings& settings);
  // Returns the facts; throws std::runtime_error when something fails that is not the experiment's.
  LabJson (*play)(const LabSettings& settings);
  void (*judge)(const Evidence& evidence, Verdict& verdict);
  LabPicture picture = {};  // nothing: the text says all
};

// All, by chapter.
const std::vector<const Experiment*>& experiments();
const Experiment* find_experiment(std::string_view name);

inline std::string lacks_nothing(const LabSettings&) { return {}; }

}  // namespace hoodtrace
