// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/info_view.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/loss_text.hpp"

namespace hoodtrace {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

std::string kind_name(std::uint16_t type) {
  return type == 0 ? "not decodable" : lower(event_name(type));
}

std::string wall_text(std::uint64_t wall_ns) {
  const auto seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
  std::tm utc{};
  if (::gmtime_r(&seconds, &utc) == nullptr) return "not known";
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", utc);
}

std::string state_text(const RecordingFile& file, const RecordingContents& contents) {
  std::string text;
  if (file.damaged_blocks > 0)
    text = fmt::format("DAMAGED: {} of its blocks cannot be read and are left out",
                       file.damaged_blocks);
  else if (!file.is_whole)
    text = "CUT: the end is missing; everything before it is readable";
  else
    text = "complete";
  if (file.trailing_bytes > 0)
    text += fmt::format("; {} trailing bytes after its end are ignored",
                        format_grouped(file.trailing_bytes));
  if (const auto unwritten = contents.account().lost().find("unwritten");
      unwritten != contents.account().lost().end())
    text += fmt::format("; {} records were not written into it", format_grouped(unwritten->second));
  if (!contents.has_end()) text += "; the run's end is not in it";
  return text;
}

}  // namespace

std::string info_text(const RecordingFile& file, const RecordingContents& contents) {
  std::string out = fmt::format("{}: hoodtrace recording, version {}, {}\n", printable(file.path),
                                file.version, format_bytes(file.bytes));
  const auto line = [&out](std::string_view key, const std::string& value) {
    out += fmt::format("{:<9} {}\n", key, value);
  };
  line("state", state_text(file, contents));
  for (const auto& [key, value] : contents.words()) line(printable(key), printable(value));
  if (contents.wall_ns() != 0) {
    line("started", wall_text(contents.wall_ns()));
    if (contents.wall_ns() > contents.first_ns())
      line("booted", wall_text(contents.wall_ns() - contents.first_ns()));
  }
  line("lasts", format_duration(contents.last_ns() - contents.first_ns()));
  line("CPUs", fmt::format("{}", contents.cpus()));
  line("events", account_text(contents.account()));
  if (const std::string remade =
          remade_text(contents.account().target_remade_ns(), contents.first_ns());
      !remade.empty())
    line("remade", remade);
  if (const std::string off =
          culprits_off_text(contents.account().culprits_off_ns(), contents.first_ns());
      !off.empty())
    line("culprits", off);
  line("records",
       format_grouped(contents.records()) +
           (contents.records() == 0 ? std::string()
                                    : fmt::format(", {:.2f} bytes each in the file",
                                                  static_cast<double>(file.bytes) /
                                                      static_cast<double>(contents.records()))));
  std::vector<std::pair<std::uint16_t, RecordingContents::Kind>> kinds(contents.kinds().begin(),
                                                                       contents.kinds().end());
  std::stable_sort(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) {
    return a.second.records > b.second.records;
  });
  for (const auto& [type, kind] : kinds)
    out += fmt::format("  {:<16}{:>16}\n", kind_name(type), format_grouped(kind.records));
  return out;
}

Json info_json(const RecordingFile& file, const RecordingContents& contents) {
  Json session = Json::object();
  for (const auto& [key, value] : contents.words()) session[valid_utf8(key)] = valid_utf8(value);
  Json kinds = Json::object();
  for (const auto& [type, kind] : contents.kinds())
    kinds[type == 0 ? "undecodable" : kind_name(type)] = {{"records", kind.records},
                                                          {"bytes", kind.bytes}};
  Json lost = Json::object();
  for (const auto& [kind, count] : contents.account().lost()) lost[kind] = count;
  Json events = {{"seen", contents.account().seen()},
                 {"lost", lost},
                 {"undecodable", contents.account().undecodable()}};
  if (const auto remade_ns = contents.account().target_remade_ns())
    events["target_remade_ns"] = *remade_ns;
  if (const auto off_ns = contents.account().culprits_off_ns()) events["culprits_off_ns"] = *off_ns;
  if (!contents.account().has_end()) events["lacks_end"] = true;
  return {{"schema", "hoodtrace.info/1"},
          {"clock", "boottime"},
          {"file", valid_utf8(file.path)},
          {"version", file.version},
          {"bytes", file.bytes},
          {"blocks", file.blocks},
          {"damaged_blocks", file.damaged_blocks},
          {"whole", file.is_whole},
          {"trailing_bytes", file.trailing_bytes},
          {"ended", contents.has_end()},
          {"session", session},
          {"started_ns", contents.first_ns()},
          {"wall_ns", contents.wall_ns()},
          {"duration_ns", contents.last_ns() - contents.first_ns()},
          {"cpus", contents.cpus()},
          {"records", contents.records()},
          {"kinds", kinds},
          {"events", events}};
}

}  // namespace hoodtrace
