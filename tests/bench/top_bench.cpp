// SPDX-License-Identifier: GPL-2.0-or-later
// What `top` costs with many tasks: the tables of an interval, a redraw, and its own share of a CPU while
// it traces a program of that many threads. top_bench [SECONDS [THREADS]]

#include <fcntl.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "command/stream_loop.hpp"
#include "command/top/snapshots.hpp"
#include "stream/vector_source.hpp"
#include "support/stream_builder.hpp"
#include "view/top/browser.hpp"

namespace {

using namespace hoodtrace;

double ms_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> list) {
  std::sort(list.begin(), list.end());
  return list[list.size() / 2];
}

// Every task of it runs once a second, for five seconds.
StreamBuilder stream_of(std::uint32_t tasks) {
  StreamBuilder stream;
  stream.session();
  for (std::uint32_t i = 0; i < tasks; i++)
    stream.seen(100 + i, {.pid = 100 + i / 50 * 50, .comm = "task-" + std::to_string(i % 1000)});
  std::uint64_t now_ns = 1'000'000;
  for (int second = 0; second < 5; second++) {
    for (std::uint32_t i = 0; i < tasks; i++) {
      now_ns += 1'000'000'000 / tasks;
      stream.at(now_ns).on_cpu(0).switches({.from = 0, .to = 100 + i, .wait_ns = 1'000 + i});
      stream.at(now_ns + 1'000).on_cpu(0).switches({.from = 100 + i, .to = 0, .state = kSleeping});
    }
    stream.at(now_ns + 2'000).tick();
  }
  return stream;
}

void measure_drawing(std::uint32_t tasks) {
  const StreamBuilder stream = stream_of(tasks);
  VectorSource source(stream.records());
  TaskTable table;
  StreamAccount account;
  std::vector<std::shared_ptr<const Snapshot>> snapshots;
  Families families;
  families.add(Family::kSched);
  SnapshotMaker maker(
      table, account, families, [] { return Browser::Wish{}; },
      [&snapshots](std::shared_ptr<const Snapshot> one) { snapshots.push_back(std::move(one)); });
  // The tick's own part: the records of an interval are counted as in any other command.
  class Ticks : public Observer {
   public:
    explicit Ticks(Observer& to) : to_(to) {}
    void on_event(const Event& event, std::string& out) override {
      if (event.as<ht_tick>() == nullptr) return to_.on_event(event, out);
      list.push_back(ms_of([&] { to_.on_event(event, out); }));
    }
    std::vector<double> list;

   private:
    Observer& to_;
  };
  Ticks ticks(maker);
  StreamLoop loop(ticks, account, &table);
  if (!loop.run(source) || snapshots.empty()) {
    std::fprintf(stderr, "top_bench: the stream cannot be counted\n");
    return;
  }
  Browser browser(BrowserFacts{});
  std::vector<double> takes;
  std::vector<double> draws;
  std::vector<double> keys;
  for (int round = 0; round < 20; round++) {
    takes.push_back(ms_of([&] { browser.take(snapshots[1 + round % 4], 1'000); }));
    Frame frame(200, 60);
    draws.push_back(ms_of([&] { browser.draw(frame); }));
    keys.push_back(ms_of([&] {
      browser.on_key({KeyCode::kDown}, 10'000);
      Frame other(200, 60);
      browser.draw(other);
    }));
  }
  std::printf(
      "%u tasks: tables of an interval %.2f ms, redraw %.2f ms (new interval %.2f, drawing "
      "%.2f), key and redraw %.2f ms\n",
      tasks, median(ticks.list), median(takes) + median(draws), median(takes), median(draws),
      median(keys));
}

// A process of that many threads, of which 20 run every 10 ms.
pid_t start_threads(std::uint32_t count) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, std::size_t{64} << 10);
  for (std::uint32_t i = 0; i < count; i++) {
    pthread_t thread{};
    const auto body = i < 20 ? +[](void*) -> void* {
      for (;;) ::usleep(10'000);
    }
    : +[](void*) -> void* {
        for (;;) ::pause();
      };
    if (::pthread_create(&thread, &attributes, body, nullptr) != 0) ::_exit(1);
  }
  for (;;) ::pause();
}

// hoodtrace top on a terminal of 200 by 60, whose output is read and thrown away.
pid_t start_top(pid_t target, int& terminal) {
  terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
  ::grantpt(terminal);
  ::unlockpt(terminal);
  const winsize size{60, 200, 0, 0};
  ::ioctl(terminal, TIOCSWINSZ, &size);
  const std::string name = ::ptsname(terminal);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::setsid();
  const int fd = ::open(name.c_str(), O_RDWR);
  for (const int to : {0, 1}) ::dup2(fd, to);
  ::setenv("TERM", "xterm-256color", 1);
  const std::string target_text = std::to_string(target);
  ::execl(HOODTRACE_BINARY, "hoodtrace", "top", "--pid", target_text.c_str(),
          static_cast<char*>(nullptr));
  ::_exit(127);
}

double cpu_seconds(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));
  std::string word;
  double ticks = 0;
  for (int i = 3; i <= 15 && fields >> word; i++)
    if (i == 14 || i == 15) ticks += std::atof(word.c_str());
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

void measure_live(std::uint32_t threads, unsigned seconds) {
  const pid_t target = start_threads(threads);
  const auto wait = [](unsigned count, int terminal) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(count);
    std::array<char, 65536> text;
    while (std::chrono::steady_clock::now() < end) {
      while (terminal >= 0 && ::read(terminal, text.data(), text.size()) > 0) {
      }
      ::usleep(20'000);
    }
  };
  wait(3, -1);
  int terminal = -1;
  const pid_t top = start_top(target, terminal);
  wait(6, terminal);
  const double before = cpu_seconds(top);
  wait(seconds, terminal);
  const double used = cpu_seconds(top) - before;
  const bool is_there = ::waitpid(top, nullptr, WNOHANG) == 0;
  ::kill(top, SIGKILL);
  ::waitpid(top, nullptr, 0);
  ::kill(target, SIGKILL);
  ::waitpid(target, nullptr, 0);
  if (!is_there)
    std::fprintf(stderr, "top_bench: top has ended (root is needed)\n");
  else
    std::printf("%u threads, live at 1 s: own CPU %.2f %% (%.2f s in %u s)\n", threads,
                100 * used / seconds, used, seconds);
}

}  // namespace

int main(int argc, char** argv) {
  const auto seconds = static_cast<unsigned>(argc > 1 ? std::atoi(argv[1]) : 15);
  const auto threads = static_cast<std::uint32_t>(argc > 2 ? std::atoi(argv[2]) : 20'000);
  measure_drawing(threads);
  std::fflush(stdout);
  measure_live(threads, seconds);
  return 0;
}
