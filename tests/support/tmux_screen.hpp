// SPDX-License-Identifier: GPL-2.0-or-later
// A terminal that a test types into and reads: a tmux server of its own, with one window that runs a
// shell. Everything it started is gone in the destructor.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

namespace hoodtrace::testing {

class TmuxScreen {
 public:
  TmuxScreen(int columns, int rows) {
    run({"-f", "/dev/null", "new-session", "-d", "-x", std::to_string(columns), "-y",
         std::to_string(rows), "env", "PS1=ready> ", "bash", "--norc", "--noprofile", "-i"});
    EXPECT_TRUE(shows("ready>")) << text();
  }
  TmuxScreen(const TmuxScreen&) = delete;
  TmuxScreen& operator=(const TmuxScreen&) = delete;
  ~TmuxScreen() { run({"kill-server"}); }

  // Characters as they are.
  void type(const std::string& text) { run({"send-keys", "-l", "--", text}); }
  // A key by tmux's name: "Enter", "Escape", "Up", "C-c".
  void press(const std::string& key) { run({"send-keys", key}); }
  void resize(int columns, int rows) {
    run({"resize-window", "-x", std::to_string(columns), "-y", std::to_string(rows)});
  }

  [[nodiscard]] std::string text() const { return run({"capture-pane", "-p"}); }

  // Waits until the screen shows the words; false after 20 s.
  [[nodiscard]] bool shows(const std::string& words) const {
    return becomes(
        [&](const std::string& screen) { return screen.find(words) != std::string::npos; });
  }
  [[nodiscard]] bool hides(const std::string& words) const {
    return becomes(
        [&](const std::string& screen) { return screen.find(words) == std::string::npos; });
  }

 private:
  [[nodiscard]] bool becomes(const std::function<bool(const std::string&)>& right) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    do {
      if (right(text())) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    } while (std::chrono::steady_clock::now() < end);
    return false;
  }
  std::string run(const std::vector<std::string>& words) const {
    std::vector<std::string> argv = {"/usr/bin/tmux", "-u", "-S", folder_.file("socket")};
    argv.insert(argv.end(), words.begin(), words.end());
    ChildProcess tmux(argv);
    tmux.wait(std::chrono::seconds(20));
    return tmux.output();
  }

  TemporaryFolder folder_;
};

}  // namespace hoodtrace::testing
