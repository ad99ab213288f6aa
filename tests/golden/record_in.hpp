// SPDX-License-Identifier: GPL-2.0-or-later
// A stream as a recording.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "stream/recorder.hpp"
#include "support/stream_builder.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::golden {

// Its path.
inline std::string record_in(const testing::TemporaryFolder& folder,
                             const StreamBuilder& scenario) {
  std::string path = folder.file("x.htrec");
  const auto recorder = Recorder::create(path, {});
  EXPECT_TRUE(recorder);
  std::vector<RecordView> views;
  for (std::size_t i = 0; i < scenario.records().size(); i++)
    views.push_back(scenario.records().at(i));
  EXPECT_TRUE((*recorder)->write(views));
  EXPECT_TRUE((*recorder)->finish());
  return path;
}

}  // namespace hoodtrace::golden
