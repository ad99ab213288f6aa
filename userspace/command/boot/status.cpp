// SPDX-License-Identifier: GPL-2.0-or-later
// hoodtrace boot status: what is set up, what became of the last capture, which there are.

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>

#include "base/result.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "command/boot/boot.hpp"
#include "command/boot/captures.hpp"
#include "command/boot/paths.hpp"
#include "output/json.hpp"
#include "output/sink.hpp"
#include "view/report.hpp"

namespace hoodtrace {
namespace {

struct Status {
  bool enabled = false;
  bool initrd = false;
  bool capturing = false;
  std::string command;  // of the unit; empty = no unit
  std::string outcome;  // of the last capture since the machine is up
};

bool exists(const std::string& root, const std::string& path) {
  return ::access(below(root, path).c_str(), F_OK) == 0;
}

// The capture's own word, as long as it lives.
bool is_capturing(const std::string& root) {
  pid_t pid = 0;
  std::ifstream(below(root, kBootCapturing)) >> pid;
  return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM);
}

Status read_status(const std::string& root) {
  Status status;
  // The link's target is a path of that root's, so the link itself is what counts.
  char target[8];
  status.enabled = ::readlink(below(root, kBootWantsLink).c_str(), target, sizeof(target)) > 0;
  status.initrd = exists(root, kDracutModule) || exists(root, kInitramfsHook);
  status.capturing = is_capturing(root);
  std::ifstream unit(below(root, kBootUnitFile));
  for (std::string line; std::getline(unit, line);)
    if (line.starts_with("ExecStart=")) status.command = line.substr(10);
  std::ifstream outcome(below(root, kBootOutcome));
  std::getline(outcome, status.outcome);
  return status;
}

std::string status_text(const Status& status, const std::vector<BootCapture>& captures) {
  const bool every = status.command.find(" --every") != std::string::npos;
  std::string text = status.capturing ? "this boot is being captured\n" : "";
  text += status.enabled ? (every ? "enabled: every boot is captured" : "enabled: the next boot")
                         : "not enabled: hoodtrace boot enable";
  text += status.initrd ? ", from the initrd on\n" : "\n";
  if (status.enabled) text += fmt::format("command: {}\n", printable(status.command));
  if (!status.outcome.empty()) text += fmt::format("last: {}\n", printable(status.outcome));
  for (const BootCapture& capture : captures)
    text += fmt::format("{:%Y-%m-%d %H:%M:%S}  {:>9}  {}\n", fmt::localtime(capture.written_s),
                        format_bytes(capture.bytes), printable(capture.path));
  if (captures.empty()) text += "no captures\n";
  return text;
}

std::string status_json(const Status& status, const std::vector<BootCapture>& captures) {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(valid_utf8(text));
  };
  Json list = Json::array();
  for (const BootCapture& capture : captures)
    list.push_back({{"file", valid_utf8(capture.path)},
                    {"bytes", capture.bytes},
                    {"written_s", capture.written_s}});
  const Json object = {{"schema", "hoodtrace.boot-status/1"},
                       {"enabled", status.enabled},
                       {"initrd", status.initrd},
                       {"capturing", status.capturing},
                       {"command", or_null(status.command)},
                       {"last", or_null(status.outcome)},
                       {"captures", list}};
  return json_line(object);
}

}  // namespace

Result<int> show_boot_status(const Options& options) {
  Result<Sink> sink = Sink::open(options.output, false);
  if (!sink) return sink.error();
  const Status status = read_status(options.boot.root);
  const std::vector<BootCapture> captures = find_captures(options.boot.root);
  const std::string text = options.format == Format::kJson ? status_json(status, captures)
                                                           : status_text(status, captures);
  RETURN_IF_ERROR(sink->write(text));
  RETURN_IF_ERROR(sink->finish());
  return 0;
}

}  // namespace hoodtrace
