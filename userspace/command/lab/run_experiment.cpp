// SPDX-License-Identifier: GPL-2.0-or-later
#include "command/lab/run_experiment.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "command/lab/own_program.hpp"

namespace hoodtrace {
namespace {

// The longest experiment takes 12 s; loading takes 20 s in an emulated guest.
constexpr std::uint64_t kLimitMs = 120'000;

// A folder of this run's own, removed with everything in it.
class OwnFolder {
 public:
  explicit OwnFolder(const std::string& below) : path_(below + "/hoodtrace-lab.XXXXXX") {
    made_ = ::mkdtemp(path_.data()) != nullptr;
  }
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  ~OwnFolder() {
    std::error_code ignored;
    if (made_) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] bool is_made() const { return made_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
  bool made_ = false;
};

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

LabJson read_json(const std::string& path) {
  std::ifstream file(path);
  return LabJson::parse(file, nullptr, false);
}

LabSettings settings_of(const LabOptions& options, const std::string& folder) {
  return {folder, options.pages, options.hold_ns / 1'000'000};
}

LabResult skipped(LabResult result, const std::string& reason) {
  result.outcome = LabOutcome::kSkipped;
  result.reason = printable(reason);
  return result;
}
LabResult failed_with(LabResult result, const std::string& reason) {
  result.outcome = LabOutcome::kFail;
  result.reason = printable(reason);
  return result;
}

// Switches for which some kernels call no tracepoint; they are counted, and no record was lost.
constexpr std::string_view kUnshown = "unshown";

// The number of records that are missing, of all reports the largest.
std::uint64_t lost_in(const Evidence& evidence, std::uint64_t& unshown) {
  std::uint64_t most = 0;
  for (const auto& [command, report] : evidence.reports) {
    std::uint64_t lost = 0;
    if (!report.contains("events")) continue;
    for (const auto& [kind, count] : report["events"]["lost"].items()) {
      std::uint64_t& sum = kind == kUnshown ? unshown : lost;
      sum = kind == kUnshown ? std::max(unshown, count.get<std::uint64_t>())
                             : lost + count.get<std::uint64_t>();
    }
    most = std::max(most, lost);
  }
  return most;
}

LabResult judged(LabResult result, Evidence evidence) {
  try {
    std::uint64_t& unshown = evidence.unshown;
    result.verdict.equal("records that were lost", 0, lost_in(evidence, unshown));
    if (unshown > 0)
      result.verdict.notes.push_back(
          fmt::format("{} switches that this kernel reported to no tracer", unshown));
    result.experiment->judge(evidence, result.verdict);
  } catch (const std::exception& error) {
    return failed_with(std::move(result),
                       fmt::format("the report cannot be judged: {}", error.what()));
  }
  result.outcome = result.verdict.passed() ? LabOutcome::kPass : LabOutcome::kFail;
  if (result.outcome == LabOutcome::kFail) result.reason = "a number is not the predicted one";
  return result;
}

// Makes the reports of a recording.
Result<Evidence> read_evidence(const Experiment& experiment, const std::string& program,
                               const std::string& recording, const std::string& facts,
                               const OwnFolder& folder) {
  Evidence evidence;
  evidence.facts = read_json(facts);
  if (!evidence.facts.is_object())
    return failed(fmt::format("{} has no facts of a scene", printable(facts)));
  std::istringstream views{std::string(experiment.views)};
  for (std::string view; std::getline(views, view, ';');) {
    std::vector<std::string> words = words_of(view);
    const std::string command = words.front();
    const std::string file = folder.file(command + ".json");
    words.insert(words.end(), {"--from", recording, "--format", "json", "-o", file});
    const Result<OwnRun> run =
        run_own_program(program, words, folder.file(command + ".errors"), kLimitMs);
    if (!run) return run.error();
    if (run->exit_code != 0)
      return failed(fmt::format("{} --from: {}", command, printable(run->message)));
    evidence.reports[command] = read_json(file);
  }
  return evidence;
}

}  // namespace

Result<int> play_scene(const LabOptions& options) {
  const Experiment* experiment = find_experiment(options.scene);
  if (experiment == nullptr) return usage("no such scene");
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  LabJson facts;
  try {
    facts = experiment->play(settings_of(options, options.folder));
  } catch (const std::exception& error) {
    return failed(fmt::format("the scene {} failed: {}", options.scene, printable(error.what())));
  }
  std::ofstream file(options.facts);
  file << facts.dump() << "\n";
  file.close();
  if (!file) return failed("cannot write " + printable(options.facts));
  return 0;
}

Result<LabResult> run_experiment(const Experiment& experiment, const LabOptions& options) {
  LabResult result;
  result.experiment = &experiment;
  const Result<std::string> program = own_program();
  if (!program) return program.error();
  const OwnFolder folder(options.folder);
  if (!folder.is_made())
    return failed(fmt::format("cannot make a folder in {}: {}; see --folder",
                              printable(options.folder), std::strerror(errno)));
  const std::string name(experiment.name);
  const std::string place = !options.again.empty() ? options.again
                            : options.keep.empty() ? folder.path()
                                                   : options.keep;
  const std::string recording = place + "/" + name + ".htrec";
  const std::string facts = place + "/" + name + ".json";
  if (options.again.empty()) {
    std::string lack;
    try {
      lack = experiment.lacks(settings_of(options, folder.path()));
    } catch (const std::exception& error) {
      lack = error.what();
    }
    if (!lack.empty()) return skipped(std::move(result), lack);
    std::vector<std::string> words = {"record"};
    for (const std::string& family : words_of(experiment.families)) words.push_back(family);
    words.insert(words.end(),
                 {"-o", recording, "--propagate", "--", *program, "lab", "--scene", name, "--facts",
                  facts, "--folder", folder.path(), "--pages", std::to_string(options.pages),
                  "--hold", fmt::format("{}ns", options.hold_ns)});
    const Result<OwnRun> run = run_own_program(*program, words, folder.file("errors"), kLimitMs);
    if (!run) return run.error();
    if (run->timed_out)
      return failed_with(std::move(result),
                         fmt::format("it took longer than {} s", kLimitMs / 1000));
    if (run->exit_code == static_cast<int>(ErrorKind::kUnsupported)) {
      result.is_refused = true;
      return skipped(std::move(result), run->message);
    }
    if (run->exit_code != 0)
      return failed_with(std::move(result),
                         fmt::format("exit code {}: {}", run->exit_code, run->message));
  }
  Result<Evidence> evidence = read_evidence(experiment, *program, recording, facts, folder);
  if (!evidence) return failed_with(std::move(result), evidence.error().message);
  return judged(std::move(result), std::move(*evidence));
}

}  // namespace hoodtrace
