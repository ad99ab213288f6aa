// SPDX-License-Identifier: GPL-2.0-or-later
// Writes the seeds of the fuzzers into a folder: write_seeds FOLDER

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "stream/recorder.hpp"
#include "support/stream_builder.hpp"

namespace {

using namespace hoodtrace;

StreamBuilder scenario() {
  StreamBuilder scenario;
  scenario.session()
      .cgroup(9, "/a")
      .seen(10, {.comm = "a", .cgroup_id = 9})
      .seen(11, {.comm = "b"});
  scenario.at(1500).trouble(HT_TROUBLE_MISSED, 3);
  for (std::uint64_t i = 0; i < 6; i++) {
    scenario.at(2000 + 100 * i).waking(10, 11).wakeup(10);
    scenario.at(2050 + 100 * i).behind(10, {{11, 20}}, 5);
    scenario.switches({.from = 11, .to = 10, .state = kSleeping, .wait_ns = 25 + i});
    scenario.at(2080 + 100 * i).switches({.from = 10, .to = 11});
  }
  scenario.lost(HT_SWITCH, 4, 2700).renamed(11, "c").migrates(10, 1);
  scenario.at(3000).execs(11, 12).moves_to_cgroup(10, 9).tick();
  scenario.at(4000).end();
  return scenario;
}

void write_records(const std::filesystem::path& path, char command, char how,
                   const RecordBuffer& records) {
  std::ofstream file(path, std::ios::binary);
  file.put(command).put(how);
  for (std::size_t i = 0; i < records.size(); i++) {
    const RecordView record = records.at(i);
    file.put(static_cast<char>(record.bytes / 8));
    file.write(reinterpret_cast<const char*>(record.head), record.bytes);
  }
}

bool write_recording(const std::filesystem::path& path, int zstd_level,
                     const RecordBuffer& records) {
  auto recorder = Recorder::create(path, {.zstd_level = zstd_level}, {.block_records = 12});
  if (!recorder) return false;
  for (std::size_t i = 0; i < records.size(); i++) {
    const RecordView record = records.at(i);
    (void)(*recorder)->write({&record, 1});
  }
  return static_cast<bool>((*recorder)->finish());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_seeds FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder(argv[1]);
  std::filesystem::create_directories(folder / "decode");
  std::filesystem::create_directories(folder / "file");
  const StreamBuilder result = scenario();
  // Every command, and every form that one of them has.
  for (char i = 0; i < 16; i++)
    write_records(folder / "decode" / ("scenario" + std::to_string(i)), i, static_cast<char>(i * 5),
                  result.records());
  return write_recording(folder / "file" / "plain", 0, result.records()) &&
                 write_recording(folder / "file" / "zstd", 3, result.records())
             ? 0
             : 1;
}
