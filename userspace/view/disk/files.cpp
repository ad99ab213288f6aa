// SPDX-License-Identifier: GPL-2.0-or-later
// The disk view's files.

#include <fmt/format.h>

#include <array>
#include <optional>

#include "base/units.hpp"
#include "view/disk/rows.hpp"
#include "view/file_text.hpp"

namespace hoodtrace {
namespace {

struct Row {
  const DiskTracker* tracker;
  FileId id;
  [[nodiscard]] const DiskFile& file() const { return tracker->file(id); }
  [[nodiscard]] const FileKey& key() const { return tracker->files()[id].key; }
  [[nodiscard]] const DiskCounts& counts() const { return file().counts; }
};

// The JSON schema's columns.
constexpr std::array kColumns = {
    ColumnOf<Row>{"dev", "DEV", Unit::kText, 0,
                  [](const Row& r) -> Cell {
                    if (r.id == kOtherFiles) return {};
                    return format_device(r.key().dev);
                  }},
    ColumnOf<Row>{"inode", "INODE", Unit::kId, 0,
                  [](const Row& r) -> Cell {
                    if (r.key().inode == 0) return {};
                    return r.key().inode;
                  }},
    ColumnOf<Row>{"path", "PATH", Unit::kText, 0,
                  [](const Row& r) -> Cell {
                    if (r.id == kOtherFiles)
                      return fmt::format("({} other files)", r.tracker->forgotten_files());
                    if (r.key().inode == 0) return {};
                    const std::optional<std::string> path = r.tracker->files().path(r.id);
                    if (!path) return {};
                    return *path;
                  }},
    ColumnOf<Row>{"reads", "READS", Unit::kCount, 1,
                  [](const Row& r) -> Cell { return r.counts().reads; }},
    ColumnOf<Row>{"read_bytes", "READ", Unit::kBytes, 1,
                  [](const Row& r) -> Cell { return r.counts().read_bytes; }},
    ColumnOf<Row>{"writes", "WRITES", Unit::kCount, 1,
                  [](const Row& r) -> Cell { return r.counts().writes; }},
    ColumnOf<Row>{"write_bytes", "WRITTEN", Unit::kBytes, 1,
                  [](const Row& r) -> Cell { return r.counts().write_bytes; }},
    ColumnOf<Row>{"waited_ns", "WAITED", Unit::kNs, 2,
                  [](const Row& r) -> Cell { return r.file().waited_ns; }},
};

constexpr std::array kTextColumns = {
    kColumns[0],
    kColumns[1],
    kColumns[2],
    kColumns[3],
    kColumns[4],
    kColumns[5],
    kColumns[6],
    kColumns[7],
    ColumnOf<Row>{"device", "DEVICE", Unit::kText, 4,
                  [](const Row& r) -> Cell {
                    if (r.id == kOtherFiles) return {};
                    return r.tracker->device_text(r.file().dev);
                  }},
    ColumnOf<Row>{"file", "FILE", Unit::kText, 1,
                  [](const Row& r) -> Cell { return disk_file_text(*r.tracker, r.id); }},
};

}  // namespace

std::string disk_place_text(std::uint8_t kind, std::string_view device) {
  switch (kind) {
    case HT_DISK_OF_DEVICE:
      return fmt::format("({}, without a file: direct I/O on the device)", device);
    case HT_DISK_OF_SWAP:
      return fmt::format("(swap on {})", device);
    default:
      return fmt::format("({}: flushes, discards, journals)", device);
  }
}

std::string disk_file_text(const DiskTracker& tracker, FileId id) {
  if (id == kOtherFiles) return fmt::format("({} other files)", tracker.forgotten_files());
  const FileKey& key = tracker.files()[id].key;
  if (key.inode != 0) return file_text(tracker.files(), id);
  return disk_place_text(static_cast<std::uint8_t>(key.generation), tracker.device_text(key.dev));
}

void add_disk_files(const DiskTracker& tracker, const ViewOptions& options, Report& report) {
  std::vector<Row> rows;
  for (FileId id = 1; id < tracker.files().size(); id++)
    if (tracker.file(id).counts.requests() > 0 || tracker.file(id).waited_ns > 0)
      rows.push_back({&tracker, id});
  sort_disk_rows(kTextColumns, rows, options);
  if (tracker.forgotten_files() > 0) rows.push_back({&tracker, kOtherFiles});
  if (options.json)
    add_disk_table(kColumns, rows, "", "files", options, report);
  else
    add_disk_table(kTextColumns, rows, "files", "", options, report);
}

bool has_disk_file_column(std::string_view key) {
  return find_column(kTextColumns, key) != nullptr;
}

}  // namespace hoodtrace
