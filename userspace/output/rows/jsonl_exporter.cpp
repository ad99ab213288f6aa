// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/rows/jsonl_exporter.hpp"

#include "output/json_text.hpp"

namespace hoodtrace {

void JsonlExporter::begin(std::string& out) {
  out += R"({"type":"header","schema":"hoodtrace.events/1","clock":"boottime","columns":[)";
  for (const FieldName& name : columns()) {
    if (&name != &columns().front()) out += ',';
    ((out += R"({"name":")") += name.key) += R"(","type":")";
    (out += type_name(name.type)) += R"(","unit":)";
    append_json_text(out, name.unit);
    out += R"(,"meaning":)";
    append_json_text(out, name.meaning);
    out += '}';
  }
  out += ']';
  for (const FieldName& name : columns())
    ((out += ",\"") += name.key).append("\":").append(empty_value(name.type));
  out += "}\n";
}

void JsonlExporter::write(const EventRow& row, std::string& out) {
  ((out += R"({"type":")") += row.kind()) += '"';
  for (const Field field : row.used()) {
    ((out += ",\"") += kFieldNames[static_cast<std::size_t>(field)].key) += "\":";
    const EventRow::Value& value = row[field];
    if (value.type == EventRow::Type::kText)
      append_json_text(out, value.text);
    else if (value.type == EventRow::Type::kJson)
      out += value.text;
    else
      append_plain(out, value);
  }
  out += "}\n";
}

std::unique_ptr<Observer> make_jsonl_exporter(TaskTable& tasks, const ExportOptions& options) {
  return std::make_unique<JsonlExporter>(tasks, options);
}

}  // namespace hoodtrace
