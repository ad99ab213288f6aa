// SPDX-License-Identifier: GPL-2.0-or-later
// The screen of `top --from FILE` without a terminal.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command/stream_loop.hpp"
#include "command/top/snapshots.hpp"
#include "command/top/ticking_source.hpp"
#include "stream/file_source.hpp"
#include "view/top/browser.hpp"

namespace hoodtrace::testing {

class RecordedBrowser {
 public:
  RecordedBrowser(std::string path, BrowserFacts facts)
      : path_(std::move(path)), browser_(std::move(facts)) {
    for (auto& snapshot : read()) browser_.take(std::move(snapshot), 1);
    browser_.end("");
  }

  RecordedBrowser& press(KeyCode code) { return press(Key{code}); }
  RecordedBrowser& type(std::string_view text) {
    for (const char c : text) press(Key{KeyCode::kCharacter, c});
    return *this;
  }
  [[nodiscard]] std::string text(std::size_t width, std::size_t height) {
    return frame(width, height).text();
  }
  [[nodiscard]] Frame frame(std::size_t width, std::size_t height) {
    Frame frame(width, height);
    browser_.draw(frame);
    return frame;
  }
  Browser& browser() { return browser_; }

 private:
  RecordedBrowser& press(const Key& key) {
    browser_.on_key(key, now_ms_ += 10'000);
    if (browser_.wish().differs_from(read_for_)) browser_.take_again(read(), now_ms_);
    return *this;
  }

  std::vector<std::shared_ptr<const Snapshot>> read() {
    read_for_ = browser_.wish();
    std::vector<std::shared_ptr<const Snapshot>> snapshots;
    auto file = FileSource::open(path_);
    if (!file) throw std::runtime_error(file.error().message);
    TickingSource source(std::move(*file), read_for_.interval_ns);
    Families families;
    for (const ScreenRow& screen : kScreens) families.add(screen.family);
    TaskTable tasks;
    StreamAccount account;
    SnapshotMaker maker(
        tasks, account, families, [this] { return read_for_; },
        [&snapshots](std::shared_ptr<const Snapshot> snapshot) {
          snapshots.push_back(std::move(snapshot));
        });
    StreamLoop loop(maker, account, &tasks);
    if (const Result<void> done = loop.run(source); !done)
      throw std::runtime_error(done.error().message);
    return snapshots;
  }

  std::string path_;
  Browser browser_;
  Browser::Wish read_for_;
  std::uint64_t now_ms_ = 1;
};

}  // namespace hoodtrace::testing
