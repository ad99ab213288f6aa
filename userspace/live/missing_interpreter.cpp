// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/missing_interpreter.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "event/words.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kBinprmBytes = 256;  // BINPRM_BUF_SIZE, include/uapi/linux/binfmts.h
constexpr std::size_t kMostHeaders = 64;
constexpr int kMostInterpreters = 5;  // one of another: exec_binprm(), fs/exec.c

bool exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

// "#! /bin/name argument": /bin/name, as load_script() (fs/binfmt_script.c) reads it.
std::string interpreter_of_script(std::string_view begin) {
  if (!begin.starts_with("#!")) return {};
  begin = begin.substr(2, begin.find('\n') - 2);
  const std::size_t from = begin.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  begin.remove_prefix(from);
  return std::string(begin.substr(0, begin.find_first_of(std::string_view(" \t\0", 3))));
}

// PT_INTERP of a 64-bit ELF file.
std::string interpreter_of_elf(int fd, std::string_view begin) {
  Elf64_Ehdr header{};
  if (begin.size() < sizeof(header)) return {};
  std::memcpy(&header, begin.data(), sizeof(header));
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64)
    return {};
  for (std::size_t i = 0; i < header.e_phnum && i < kMostHeaders; i++) {
    Elf64_Phdr part{};
    const auto at = static_cast<off_t>(header.e_phoff + i * sizeof(part));
    if (::pread(fd, &part, sizeof(part), at) != static_cast<ssize_t>(sizeof(part))) return {};
    if (part.p_type != PT_INTERP) continue;
    std::array<char, kBinprmBytes> name{};
    const std::size_t bytes = std::min<std::size_t>(part.p_filesz, name.size() - 1);
    if (::pread(fd, name.data(), bytes, static_cast<off_t>(part.p_offset)) <= 0) return {};
    return name.data();
  }
  return {};
}

// The interpreter that the file names, or the interpreter of a script names in turn, when it is
// missing: an absolute path below `root`, any other below `folder` ("" = not known).
std::string missing_interpreter(const std::string& file, const std::string& root,
                                const std::string& folder, int depth = 0) {
  // Not of a pipe or a device: that could block.
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return {};
  std::array<char, kBinprmBytes> bytes{};
  const ssize_t got = ::read(fd.get(), bytes.data(), bytes.size());
  if (got <= 0) return {};
  const std::string_view begin(bytes.data(), static_cast<std::size_t>(got));
  std::string name = interpreter_of_script(begin);
  const bool is_script = !name.empty();
  if (!is_script) name = interpreter_of_elf(fd.get(), begin);
  if (name.empty()) return {};
  if (!name.starts_with('/') && folder.empty()) return {};
  const std::string path = name.starts_with('/') ? root + name : folder + name;
  if (!exists(path)) return name;
  if (!is_script || depth == kMostInterpreters) return {};
  return missing_interpreter(path, root, folder, depth + 1);
}

// Where the exec was tried, with a / at its end; empty when that is not known.
std::string directory_of(const ht_exe* exe) {
  if (exe == nullptr || (exe->flags & HT_EXE_CWD_CUT)) return {};
  const std::vector<std::string_view> names = words_of(tail_of(*exe));
  std::string path = "/";
  for (std::size_t i = exe->names; i < names.size(); i++)
    path = fmt::format("/{}{}", names[i], path);
  return path;
}

}  // namespace

void explain_exec(const ht_program& failed, bool same_pids, const ht_exe* exe, RecordBuffer& out) {
  if (failed.error != ENOENT) return;
  const std::string_view tail = tail_of(failed);
  const std::string file(tail.substr(0, tail.find('\0')));
  if (file.empty()) return;
  const bool is_absolute = file.starts_with('/');
  const std::string task = fmt::format("/proc/{}", failed.head.tid);
  std::string name;
  const auto is_there = [&] { return same_pids && exists(task + "/root/"); };
  if (is_there())
    name = missing_interpreter(is_absolute ? task + "/root" + file : task + "/cwd/" + file,
                               task + "/root", task + "/cwd/");
  // A task that went away meanwhile made every file look missing.
  if (!is_there()) {
    const std::string folder = directory_of(exe);
    name = is_absolute || !folder.empty()
               ? missing_interpreter(is_absolute ? file : folder + file, "", folder)
               : "";
  }
  if (name.empty()) return;
  ht_interpreter record{};
  record.head = {failed.head.time_ns, failed.head.tid, HT_INTERPRETER, HT_NO_CPU};
  record.pid = failed.pid;
  out.add(record, name + '\0');
}

}  // namespace hoodtrace
