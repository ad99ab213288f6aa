// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/json.hpp"

#include "base/text.hpp"

namespace hoodtrace {

std::string json_line(const Json& object) {
  return printable_json(object.dump(-1, ' ', false, Json::error_handler_t::replace)) + "\n";
}

std::string JsonRenderer::render(const Report& report) {
  Json lost = Json::object();
  for (const auto& [kind, count] : report.lost) lost[kind] = count;
  Json object = {
      {"schema", "hoodtrace." + report.command + "/" + std::to_string(report.schema)},
      {"clock", "boottime"},
      {"started_ns", report.started_ns},
      {"duration_ns", report.duration_ns},
      {"target", valid_utf8(report.target)},
      {"events", {{"seen", report.seen}, {"lost", lost}, {"undecodable", report.undecodable}}},
      {"audit", report.audit}};
  if (report.slept.ns != 0) {
    object["events"]["slept_ns"] = report.slept.ns;
    object["events"]["unmeasured_waits"] = report.slept.unmeasured;
  }
  if (report.target_remade_ns) object["events"]["target_remade_ns"] = *report.target_remade_ns;
  if (report.culprits_off_ns) object["events"]["culprits_off_ns"] = *report.culprits_off_ns;
  if (report.lacks_end) object["events"]["lacks_end"] = true;
  for (const CpuGap& gap : report.offline)
    object["events"]["cpus_offline"].push_back(
        {{"cpu", gap.cpu},
         {"from_ns", gap.from_ns},
         {"until_ns", gap.until_ns == 0 ? Json(nullptr) : Json(gap.until_ns)}});
  for (const auto& [key, value] : report.body) object[key] = value;
  std::string out = json_line(object);
  if (report.lists.empty()) return out;
  out.resize(out.size() - 2);  // without "}\n"
  for (const auto& [key, append_elements] : report.lists) {
    out += ",\"" + key + "\":[";
    append_elements(out);
    out += ']';
  }
  return out += "}\n";
}

}  // namespace hoodtrace
