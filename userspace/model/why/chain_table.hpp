// SPDX-License-Identifier: GPL-2.0-or-later
// What those did for whom a thread waited, and, deeper, for whom these waited: a tree of causes, whose
// nodes are small numbers that stay valid for the run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/why/sums.hpp"

namespace hoodtrace {

class ChainTable {
 public:
  struct Node {
    WhyChainId parent = kTop;  // a smaller number
    WhyCauseId cause = 0;
  };

  // Above the causes that are known first hand; no node.
  static constexpr WhyChainId kTop = 0;

  ChainTable() { nodes_.emplace_back(); }

  // kTop once there are kLimit nodes: what is below is not kept then.
  WhyChainId at(WhyChainId parent, WhyCauseId cause) {
    const std::uint64_t key = std::uint64_t{parent} << 32 | cause;
    const auto known = ids_.find(key);
    if (known != ids_.end()) return known->second;
    if (nodes_.size() >= kLimit) return kTop;
    const auto id = static_cast<WhyChainId>(nodes_.size());
    ids_.emplace(key, id);
    nodes_.push_back({parent, cause});
    return id;
  }
  [[nodiscard]] const Node& operator[](WhyChainId id) const { return nodes_[id]; }

 private:
  static constexpr std::size_t kLimit = 1 << 20;

  std::vector<Node> nodes_;
  std::unordered_map<std::uint64_t, WhyChainId> ids_;
};

}  // namespace hoodtrace
