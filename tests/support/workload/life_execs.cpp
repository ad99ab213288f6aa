// SPDX-License-Identifier: GPL-2.0-or-later
// Children that execute programs, in every way there is.

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "support/workload/life_acts.hpp"

namespace workload {
namespace {

// argv for "quit", which ignores its arguments and exits with 0.
class Arguments {
 public:
  explicit Arguments(std::vector<std::string> words) : words_(std::move(words)) {
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }
  Arguments(const Arguments&) = delete;
  Arguments& operator=(const Arguments&) = delete;
  [[nodiscard]] char* const* get() const { return pointers_.data(); }

 private:
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

int execute(const std::string& file, std::vector<std::string> words) {
  const Arguments arguments(std::move(words));
  ::execv(file.c_str(), arguments.get());
  return 127;
}

void bear_and_reap(Family& family, const std::string& name, const std::function<int()>& life) {
  family.reap(family.bear(name, life));
}

}  // namespace

void act_argv(Family& family, const LifePlace& place) {
  bear_and_reap(family, "argv", [&] {
    return execute(place.self, {"workload", "quit", "two words", "", "it's", "", "\xc3\xa9nd"});
  });
}

void act_many_arguments(Family& family, const LifePlace& place) {
  bear_and_reap(family, "many_arguments", [&] {
    std::vector<std::string> words{"workload", "quit"};
    for (int i = 2; i < 300; i++) words.push_back("argument-" + std::to_string(i));
    return execute(place.self, words);
  });
}

void act_large_argument(Family& family, const LifePlace& place) {
  bear_and_reap(family, "large_argument", [&] {
    return execute(place.self, {"workload", "quit", std::string(100 * 1024, 'x'), "last"});
  });
}

void act_execveat(Family& family, const LifePlace& place) {
  bear_and_reap(family, "execveat", [&] {
    const std::size_t slash = place.self.rfind('/');
    const int folder = ::open(place.self.substr(0, slash).c_str(), O_PATH | O_DIRECTORY);
    const Arguments arguments({"workload", "quit", "by execveat"});
    char* const none[] = {nullptr};
    ::syscall(SYS_execveat, folder, place.self.substr(slash + 1).c_str(), arguments.get(), none, 0);
    return 127;
  });
}

void act_fexecve(Family& family, const LifePlace& place) {
  bear_and_reap(family, "fexecve", [&] {
    const int self = ::open(place.self.c_str(), O_RDONLY | O_CLOEXEC);
    const Arguments arguments({"workload", "quit", "by fexecve"});
    char* const none[] = {nullptr};
    ::fexecve(self, arguments.get(), none);
    return 127;
  });
}

void act_script(Family& family, const LifePlace& place) {
  const std::string script = place.folder + "/script";
  std::ofstream(script) << "#!" << place.self << " quit\n";
  ::chmod(script.c_str(), 0755);
  bear_and_reap(family, "script", [&] { return execute(script, {"script", "with a word"}); });
}

void act_failed(Family& family, const LifePlace& place) {
  const std::string plain = place.folder + "/plain";
  std::ofstream(plain) << "no program\n";
  bear_and_reap(family, "failed", [&] {
    execute(place.folder + "/missing", {"missing", "some words", ""});
    execute(plain, {"plain"});
    return 9;
  });
}

void act_thread_exec(Family& family, const LifePlace& place) {
  bear_and_reap(family, "thread_exec", [&] {
    std::thread other([&] { execute(place.self, {"workload", "quit", "by a thread"}); });
    other.join();  // it never comes back
    return 1;
  });
}

void act_vfork(Family& family, const LifePlace& place) {
  const Arguments arguments({"workload", "quit", "after vfork"});
  const std::uint64_t now = boot_ns();
  const pid_t pid = ::vfork();
  if (pid == 0) {
    ::execv(place.self.c_str(), arguments.get());
    ::_exit(127);
  }
  family.add("vfork", pid, now);
  family.reap(pid);
}

void act_spawn(Family& family, const LifePlace& place) {
  const Arguments arguments({"workload", "quit", "spawned"});
  const std::uint64_t now = boot_ns();
  pid_t pid = 0;
  if (::posix_spawn(&pid, place.self.c_str(), nullptr, nullptr, arguments.get(), nullptr) != 0) {
    std::perror("posix_spawn");
    std::exit(1);
  }
  family.add("spawn", pid, now);
  family.reap(pid);
}

void act_hostile(Family& family, const LifePlace& place) {
  const std::string link = place.folder + "/\x1b[31mred\n\xff\xe2\x80\xae.sh";
  if (::symlink(place.self.c_str(), link.c_str()) != 0) std::perror("symlink");
  bear_and_reap(family, "hostile", [&] {
    return execute(link, {"\x1b]0;owned\x07", "quit", "line\nbreak", "\xff\xfe",
                          "=cmd|' /C calc'!A0", "\"quoted\"", "<b>&amp;",
                          ("\xc2\x9b"
                           "31m")});
  });
  bear_and_reap(family, "hostile_comm", [&] {
    ::prctl(PR_SET_NAME, "\x1b[2Jx\n\xff\"<,");
    return 3;
  });
  bear_and_reap(family, "long_name", [&] {
    std::string path = place.self;
    while (path.size() < 4000) path.insert(0, "/.");
    return execute(path, {"workload", "quit"});
  });
  ::unlink(link.c_str());
}

}  // namespace workload
