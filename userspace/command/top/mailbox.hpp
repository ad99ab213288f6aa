// SPDX-License-Identifier: GPL-2.0-or-later
// Between the thread that traces and the one that draws: snapshots one way, wishes the other. Every
// function may be called by either.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.hpp"
#include "view/top/browser.hpp"
#include "view/top/snapshot.hpp"

namespace hoodtrace {

class Mailbox {
 public:
  using Snapshots = std::vector<std::shared_ptr<const Snapshot>>;

  Mailbox();

  // Can be read when there is something to take().
  [[nodiscard]] int fd() const { return event_.get(); }

  // ---- to the one that draws ----
  struct News {
    Snapshots snapshots;
    std::optional<Snapshots> again;      // Browser::take_again()
    std::optional<std::string> message;  // Browser::say()
    std::optional<std::string> refusal;  // Browser::refuse_family()
    std::optional<std::string> end;      // no more come, and why
    bool leave = false;                  // the program ends
  };
  void put(std::shared_ptr<const Snapshot> snapshot);
  // Adds to what is to be taken.
  void put(News news);
  News take();

  // ---- to the one that traces ----
  void wish(Browser::Wish wish);
  [[nodiscard]] Browser::Wish wish() const;
  // The user leaves.
  void leave();
  [[nodiscard]] bool has_left() const;
  // Waits until the user leaves, then nothing, or until the wish differs from this one.
  std::optional<Browser::Wish> wait_for_other(const Browser::Wish& wish);
  void ask_to_write(std::string path);
  // The path that was asked for since the last call.
  std::optional<std::string> take_path();

 private:
  void ring();

  Fd event_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  News news_;
  Browser::Wish wish_;
  bool has_left_ = false;
  std::optional<std::string> path_;
};

}  // namespace hoodtrace
