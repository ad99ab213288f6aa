// SPDX-License-Identifier: GPL-2.0-or-later
#include "view/why/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "base/units.hpp"
#include "view/why/fold.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kHang = 2;        // of the second line of a text, more than the first
constexpr std::size_t kWidest = 100;    // of texts: numbers stay near them on a wide terminal
constexpr std::size_t kNarrowest = 24;  // of texts, however narrow the terminal is
constexpr std::size_t kGap = 2;

std::string of_many(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

// "worker (4251), thread of db (4242)"
std::string title(const WhyRow& row, Grouping by) {
  if (row.joined > 0) {
    const std::string_view other = by == Grouping::kProcess  ? "other processes"
                                   : by == Grouping::kComm   ? "other comms"
                                   : by == Grouping::kCgroup ? "other cgroups"
                                                             : "other threads";
    return fmt::format("({} {}; --all shows each)", row.joined, other);
  }
  std::string text = by == Grouping::kCgroup && row.cgroup ? *row.cgroup : row.comm.value_or("");
  if (text.empty()) text = by == Grouping::kCgroup ? "(cgroup not known)" : "(no name)";
  if (row.tid) {
    text += fmt::format(" ({})", *row.tid);
    if (row.pid && row.pid != row.tid)
      text += row.process.empty() ? fmt::format(", thread of process {}", *row.pid)
                                  : fmt::format(", thread of {} ({})", row.process, *row.pid);
    return text;
  }
  if (row.pid) text += fmt::format(" ({})", *row.pid);
  return by == Grouping::kThread
             ? text
             : fmt::format("{}, {}", text, of_many(row.stats.threads, "thread"));
}

std::string share_text(std::uint64_t ns, std::uint64_t of_ns) {
  if (of_ns == 0) return {};
  const double percent = 100.0 * static_cast<double>(ns) / static_cast<double>(of_ns);
  return ns > 0 && percent < 0.05 ? "<0.1 %" : fmt::format("{:.1f} %", percent);
}

// A line before it is laid out.
struct Draft {
  std::size_t indent = 0;
  std::string words;  // printable
  bool has_numbers = false;
  std::array<std::string, 4> numbers;  // share, time, count, longest
  Emphasis emphasis = Emphasis::kNone;
};

Draft draft(std::size_t indent, const WhyTextLine& line, std::uint64_t wall_ns) {
  return {indent * kIndent,
          printable(line.words),
          true,
          {share_text(line.ns, wall_ns), line.ns == 0 ? "0" : format_duration(line.ns),
           line.count == 0 ? "" : format_grouped(line.count),
           line.max_ns == 0 ? "" : format_duration(line.max_ns)},
          Emphasis::kNone};
}

void add_row(const WhyRow& row, const WhoTable& names, Grouping by, std::vector<Draft>& drafts) {
  WhyTextLine whole;
  whole.words = title(row, by);
  whole.ns = row.wall_ns;
  drafts.push_back(draft(0, whole, row.wall_ns));
  drafts.back().emphasis = Emphasis::kStrong;
  for (const WhySection& section : fold_causes(row, names)) {
    drafts.push_back(draft(1, section.head, row.wall_ns));
    if (!section.note.empty())
      drafts.push_back({2 * kIndent, section.note, false, {}, Emphasis::kFaint});
    for (const WhyTextLine& line : section.lines) {
      drafts.push_back(draft(2, line, row.wall_ns));
      if (line.meanwhile.empty()) continue;
      drafts.push_back({3 * kIndent,
                        printable("meanwhile it was: " + line.meanwhile),
                        false,
                        {},
                        Emphasis::kFaint});
      for (const WhyDeeper& deeper : line.deeper)
        drafts.push_back(
            {(3 + deeper.depth) * kIndent, printable(deeper.words), false, {}, Emphasis::kFaint});
    }
  }
}

// Pieces of at most `first` and then `next` columns: broken after a comma where that is possible,
// else at a space, else anywhere.
std::vector<std::string> broken(std::string_view words, std::size_t first, std::size_t next) {
  std::vector<std::string> pieces;
  while (true) {
    const std::size_t room = pieces.empty() ? first : next;
    if (fits(words, room)) break;
    std::size_t cut = 0;
    bool at_comma = false;
    for (std::size_t at = words.find(' '); at != std::string_view::npos;
         at = words.find(' ', at + 1)) {
      if (!fits(words.substr(0, at), room)) break;
      const bool comma = at > 0 && words[at - 1] == ',';
      if (at == 0 || (at_comma && !comma)) continue;
      cut = at;
      at_comma = comma;
    }
    const bool at_space = cut > 0;
    if (!at_space) {
      // Whole characters: cut_to_width puts "…" in the place of the last column.
      while (cut < words.size()) {
        std::size_t end = cut + 1;
        while (end < words.size() && (static_cast<unsigned char>(words[end]) & 0xc0) == 0x80) end++;
        if (!fits(words.substr(0, end), room) && cut > 0) break;
        cut = end;
      }
    }
    pieces.emplace_back(words.substr(0, cut));
    words.remove_prefix(at_space ? cut + 1 : cut);
  }
  pieces.emplace_back(words);
  return pieces;
}

class Layout {
 public:
  Layout(const std::vector<Draft>& drafts, std::size_t width) : width_(width) {
    for (const Draft& draft : drafts) {
      if (!draft.has_numbers) continue;
      texts_ = std::max(texts_, draft.indent + display_width(draft.words));
      for (std::size_t i = 0; i < draft.numbers.size(); i++)
        columns_[i] = std::max(columns_[i], draft.numbers[i].size());
    }
    std::size_t numbers = 0;
    for (const std::size_t column : columns_) numbers += kGap + column;
    texts_ = std::min(texts_, kWidest);
    if (width != 0)
      texts_ = std::min(texts_, std::max(kNarrowest, width - std::min(width, numbers)));
  }

  void add(const Draft& draft, std::vector<Line>& lines) const {
    if (!draft.has_numbers) {
      const std::size_t room = width_ == 0 ? std::string::npos : width_ - draft.indent;
      add_pieces(draft, broken(draft.words, room, room - kHang), lines, {});
      return;
    }
    std::string numbers;
    for (std::size_t i = 0; i < columns_.size(); i++)
      numbers += fmt::format("{:>{}}", draft.numbers[i], kGap + columns_[i]);
    numbers.erase(numbers.find_last_not_of(' ') + 1);
    const std::size_t room = texts_ - draft.indent;
    // Without a terminal nothing is broken: a pipe is searched by line.
    const auto pieces = width_ == 0 ? std::vector<std::string>{draft.words}
                                    : broken(draft.words, room, room - kHang);
    add_pieces(draft, pieces, lines, numbers);
  }

 private:
  void add_pieces(const Draft& draft, const std::vector<std::string>& pieces,
                  std::vector<Line>& lines, const std::string& numbers) const {
    for (std::size_t i = 0; i < pieces.size(); i++) {
      std::string text(draft.indent + (i == 0 ? 0 : kHang), ' ');
      text += pieces[i];
      if (i == 0 && !numbers.empty()) {
        text.append(texts_ - std::min(texts_, display_width(text)), ' ');
        text += numbers;
      }
      lines.push_back({std::move(text), draft.emphasis});
    }
  }

  std::size_t width_;
  std::size_t texts_ = kNarrowest;
  std::array<std::size_t, 4> columns_{};
};

}  // namespace

std::vector<Line> why_lines(const std::vector<WhyRow>& rows, const WhoTable& names, Grouping by,
                            std::size_t width) {
  const std::string_view heading = by == Grouping::kProcess  ? "PROCESS"
                                   : by == Grouping::kComm   ? "COMM"
                                   : by == Grouping::kCgroup ? "CGROUP"
                                                             : "THREAD";
  std::vector<Draft> drafts;
  drafts.push_back(
      {0, std::string(heading), true, {"SHARE", "TIME", "COUNT", "MAX"}, Emphasis::kStrong});
  std::vector<std::size_t> starts;  // of blocks
  for (const WhyRow& row : rows) {
    starts.push_back(drafts.size());
    add_row(row, names, by, drafts);
  }
  const Layout layout(drafts, width);
  std::vector<Line> lines;
  for (std::size_t i = 0; i < drafts.size(); i++) {
    if (i > 1 && std::find(starts.begin(), starts.end(), i) != starts.end()) lines.emplace_back();
    layout.add(drafts[i], lines);
  }
  return lines;
}

std::string exact_seconds(std::uint64_t ns) {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const std::uint64_t part = ns % kSecond;
  return fmt::format("{}.{:03} {:03} {:03} s", format_grouped(ns / kSecond), part / 1'000'000,
                     part / 1000 % 1000, part % 1000);
}

}  // namespace hoodtrace
