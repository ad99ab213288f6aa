// SPDX-License-Identifier: GPL-2.0-or-later
#include "live/process_modules.hpp"

#include <cxxabi.h>
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <set>

#include "base/fd.hpp"
#include "event/event.hpp"

namespace hoodtrace {
namespace {

constexpr std::size_t kMostFrames = 64;
constexpr std::size_t kMostModules = 4096;
constexpr std::size_t kLongestName = 160;

// All files are given to libdw; it is to look for no others, least of all in the network.
int find_no_elf(Dwfl_Module*, void**, const char*, Dwarf_Addr, char**, Elf**) { return -1; }
int find_no_debuginfo(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*, const char*,
                      GElf_Word, char**) {
  return -1;
}

const Dwfl_Callbacks kCallbacks = {find_no_elf, find_no_debuginfo, nullptr, nullptr};

std::string read_all(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char piece[65536];
  for (ssize_t n = 0; file && (n = ::read(file.get(), piece, sizeof(piece))) > 0;)
    text.append(piece, static_cast<std::size_t>(n));
  return text;
}

// A line of /proc/PID/maps, proc(5).
struct Mapping {
  std::uint64_t from = 0;
  std::uint64_t offset = 0;
  std::string_view file;  // of the line; "" = none
  std::string_view path;
};

Mapping read_mapping(std::string_view line) {
  const auto number = [&line] {
    std::uint64_t value = 0;
    const auto end = std::from_chars(line.data(), line.data() + line.size(), value, 16).ptr;
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
    return value;
  };
  const auto skip = [&line] {
    line.remove_prefix(std::min(line.size(), line.find(' ')));
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
  };
  Mapping mapping;
  mapping.from = number();
  skip();  // to
  skip();  // permissions
  mapping.offset = number();
  skip();
  mapping.file = line.substr(0, line.find('/'));  // device and inode
  skip();
  skip();
  if (line.starts_with('/')) mapping.path = line;
  return mapping;
}

// The file as the process sees it: it may be in a container. Nothing but a regular one: to open a
// FIFO would wait.
Fd open_of(std::uint32_t pid, std::string_view path) {
  Fd file(::open(fmt::format("/proc/{}/root{}", pid, path).c_str(),
                 O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return file;
}

// Where the arguments begin in "std::function<void (int)>::operator()(int) const".
std::size_t begin_of_arguments(std::string_view name) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)";
  constexpr std::string_view kCall = "operator()";
  int depth = 0;
  for (std::size_t i = 0; i < name.size(); i++) {
    const std::string_view rest = name.substr(i);
    if (rest.starts_with(kAnonymous))
      i += kAnonymous.size() - 1;
    else if (rest.starts_with(kCall))
      i += kCall.size() - 1;
    else if (name[i] == '<')
      depth++;
    else if (name[i] == '>')
      depth--;
    else if (name[i] == '(' && depth == 0 && i > 0)
      return i;
  }
  return name.size();
}

// A C++ name without its arguments, any name without its version ("read@@GLIBC_2.2.5").
std::string readable(const char* symbol) {
  int status = 0;
  char* plain = symbol[0] == '_' && symbol[1] == 'Z'
                    ? abi::__cxa_demangle(symbol, nullptr, nullptr, &status)
                    : nullptr;
  std::string name(plain != nullptr ? plain : symbol);
  std::free(plain);
  if (plain != nullptr) name.resize(begin_of_arguments(name));
  if (name.size() > kLongestName) name.resize(kLongestName);
  if (const auto at = name.find('@'); at != std::string::npos && at > 0) name.resize(at);
  return name;
}

}  // namespace

ProcessModules::~ProcessModules() {
  if (dwfl_ != nullptr) dwfl_end(dwfl_);
}

void ProcessModules::load(const std::string& maps) {
  if (dwfl_ != nullptr) dwfl_end(dwfl_);
  is_attached_ = false;
  dwfl_ = dwfl_begin(&kCallbacks);
  if (dwfl_ == nullptr) return;
  dwfl_report_begin(dwfl_);
  std::set<std::string_view> reported;  // device, inode
  std::string_view rest = maps;
  while (!rest.empty() && reported.size() < kMostModules) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const Mapping mapping = read_mapping(line);
    // A file's first mapping has its ELF header.
    if (mapping.path.empty() || mapping.offset != 0) continue;
    if (!reported.insert(mapping.file).second) continue;
    Fd file = open_of(pid_, mapping.path);
    if (!file) continue;
    const std::string name(mapping.path.substr(mapping.path.rfind('/') + 1));
    // libdw keeps the file when it is an ELF file.
    const int number = file.release();
    if (dwfl_report_elf(dwfl_, name.c_str(), name.c_str(), number, mapping.from, false) == nullptr)
      ::close(number);
  }
  dwfl_report_end(dwfl_, nullptr, nullptr);
  static const Dwfl_Thread_Callbacks threads = {next_thread,   nullptr, read_memory,
                                                set_registers, nullptr, nullptr};
  is_attached_ = dwfl_attach_state(dwfl_, nullptr, static_cast<pid_t>(pid_), &threads, this);
}

bool ProcessModules::has(std::uint64_t address) const {
  return dwfl_ != nullptr && dwfl_addrmodule(dwfl_, address) != nullptr;
}

// A library may have been mapped since.
void ProcessModules::look_again(std::uint64_t address) {
  if (!has(address)) look();
}

void ProcessModules::look() {
  std::string maps = read_all(fmt::format("/proc/{}/maps", pid_));
  if (maps.empty() || maps == maps_) return;
  maps_ = std::move(maps);
  load(maps_);
}

int ProcessModules::next_thread(Dwfl* modules, void* own, void** thread) {
  if (*thread != nullptr) return 0;
  *thread = own;
  return dwfl_pid(modules);
}

bool ProcessModules::read_memory(Dwfl*, std::uint64_t address, std::uint64_t* word, void* own) {
  const ht_stack_memory& record = *static_cast<const ProcessModules*>(own)->record_;
#if defined(__x86_64__)
  constexpr std::size_t kStackPointer = 7;
#else
  constexpr std::size_t kStackPointer = 31;
#endif
  const std::uint64_t begin = record.registers[kStackPointer];
  const std::string_view memory = tail_of(record);
  if (address < begin || address - begin + sizeof(*word) > memory.size()) return false;
  std::memcpy(word, memory.data() + (address - begin), sizeof(*word));
  return true;
}

bool ProcessModules::set_registers(Dwfl_Thread* thread, void* own) {
  const auto& registers = static_cast<const ProcessModules*>(own)->record_->registers;
#if defined(__x86_64__)
  constexpr unsigned kRegisters = 17;
#else
  constexpr unsigned kRegisters = 32;
  dwfl_thread_state_register_pc(thread, registers[32]);
#endif
  static_assert(sizeof(Dwarf_Word) == sizeof(std::uint64_t));
  const std::vector<Dwarf_Word> words(registers, registers + kRegisters);
  return dwfl_thread_state_registers(thread, 0, kRegisters, words.data());
}

std::vector<std::uint64_t> ProcessModules::unwind(const ht_stack_memory& record) {
#if defined(__x86_64__)
  look_again(record.registers[16]);
#else
  look_again(record.registers[32]);
#endif
  std::vector<std::uint64_t> addresses;
  if (!is_attached_) return addresses;
  record_ = &record;
  const auto take = [](Dwfl_Frame* frame, void* to) {
    auto& list = *static_cast<std::vector<std::uint64_t>*>(to);
    Dwarf_Addr address = 0;
    if (!dwfl_frame_pc(frame, &address, nullptr) || address == 0) return int{DWARF_CB_ABORT};
    list.push_back(address);
    return int{list.size() < kMostFrames ? DWARF_CB_OK : DWARF_CB_ABORT};
  };
  dwfl_getthread_frames(dwfl_, static_cast<pid_t>(pid_), take, &addresses);
  record_ = nullptr;
  return addresses;
}

ProcessModules::Name ProcessModules::name_of(std::uint64_t address) const {
  Name name;
  Dwfl_Module* module = dwfl_ != nullptr ? dwfl_addrmodule(dwfl_, address) : nullptr;
  if (module == nullptr) return name;
  const char* file =
      dwfl_module_info(module, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
  if (file != nullptr) name.file = file;
  GElf_Off offset = 0;
  GElf_Sym symbol{};
  const char* function =
      dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr);
  if (function != nullptr) name.function = readable(function);
  return name;
}

}  // namespace hoodtrace
