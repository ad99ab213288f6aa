// SPDX-License-Identifier: GPL-2.0-or-later
// Replays records from memory.
#pragma once

#include <vector>

#include "stream/record_buffer.hpp"
#include "stream/source.hpp"

namespace hoodtrace {

class VectorSource : public Source {
 public:
  // The buffer must outlive the source and not change.
  explicit VectorSource(const RecordBuffer& buffer) {
    for (std::size_t i = 0; i < buffer.size(); i++) views_.push_back(buffer.at(i));
  }

  Result<std::span<const RecordView>> next() override {
    if (done_) return std::span<const RecordView>();
    done_ = true;
    return std::span<const RecordView>(views_);
  }

 private:
  std::vector<RecordView> views_;
  bool done_ = false;
};

}  // namespace hoodtrace
