#include "output/csv_text.hpp"

#include "base/text.hpp"

namespace hoodtrace {

std::string csv_text(std::string_view hostile) {
  std::string safe = printable(hostile);
  const bool is_formula = safe.find_first_of("=+-@") == 0;
  if (!is_formula && safe.find_first_of(",\"") == std::string::npos) return safe;
  std::string out = "\"";
  if (is_formula) out += '\'';
  for (const char c : safe) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace hoodtrace
