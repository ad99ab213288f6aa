// SPDX-License-Identifier: GPL-2.0-or-later
#include "output/rows/jsonl_exporter.hpp"

#include <algorithm>
#include <array>

#include "output/json_text.hpp"
#include "output/rows/row_line.hpp"

namespace hoodtrace {
namespace {

// What comes before the value of each field: ,"time_ns":
constexpr auto kFieldKeys = [] {
  std::array<ShortText, kFieldNames.size()> keys{};
  for (std::size_t i = 0; i < keys.size(); i++) {
    const auto put = [&key = keys[i]](std::string_view text) {
      for (const char c : text) key.text[key.bytes++] = c;
    };
    put(",\"");
    put(kFieldNames[i].key);
    put("\":");
  }
  return keys;
}();

void put_json(RowLine& line, std::string_view hostile) {
  if (is_plain_json(hostile)) {
    line.reserve(hostile.size() + 2 + ShortText::kRoom);
    line.put('"');
    line.put(hostile);
    line.put('"');
    return;
  }
  std::string escaped;
  append_json_text(escaped, hostile);
  line.reserve(escaped.size());
  line.put(escaped);
}

void format_json(const RowBlock& rows, std::string& out) {
  RowLine line;
  for (const RowBlock::Row& row : rows.rows()) {
    line.clear();
    line.reserve(row.kind.size() + 2 * ShortText::kRoom);
    line.put(R"({"type":")");
    line.put(row.kind);
    line.put('"');
    for (const RowValue& value : rows.values(row)) {
      line.reserve(ShortText::kRoom + RowLine::kMostPlain);
      line.put(kFieldKeys[static_cast<std::size_t>(value.field)]);
      if (value.type == FieldType::kText) {
        put_json(line, rows.text(value));
      } else if (value.type == FieldType::kJson) {
        line.reserve(value.text_bytes);
        line.put(rows.text(value));
      } else {
        line.put_plain(value);
      }
    }
    line.reserve(2);
    line.put("}\n");
    out.append(line.view());
  }
}

}  // namespace

JsonlExporter::JsonlExporter(TaskTable& tasks, const ExportOptions& options)
    : RowsExporter(tasks, options, format_json), columns_(columns(options.host_ids)) {}

void JsonlExporter::begin(std::string& out) {
  out += R"({"type":"header","schema":"hoodtrace.events/1","clock":"boottime","columns":[)";
  for (const FieldName& name : columns_) {
    if (&name != &columns_.front()) out += ',';
    ((out += R"({"name":")") += name.key) += R"(","type":")";
    (out += type_name(name.type)) += R"(","unit":)";
    append_json_text(out, name.unit);
    out += R"(,"meaning":)";
    append_json_text(out, name.meaning);
    out += '}';
  }
  out += ']';
  for (const FieldName& name : columns_)
    ((out += ",\"") += name.key).append("\":").append(empty_value(name.type));
  out += "}\n";
}

std::unique_ptr<Observer> make_jsonl_exporter(TaskTable& tasks, const ExportOptions& options) {
  return std::make_unique<JsonlExporter>(tasks, options);
}

}  // namespace hoodtrace
