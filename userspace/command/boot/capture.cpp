// SPDX-License-Identifier: GPL-2.0-or-later
// What hoodtrace-boot.service runs: the stream of a boot into a file.
//
// It may outlive the root file system that it was started on (the initrd's): all its paths are by
// way of /.., which leads out of there, and elsewhere is /.

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>

#include "base/result.hpp"
#include "base/switch_root.hpp"
#include "base/units.hpp"
#include "base/write_all.hpp"
#include "command/boot/boot.hpp"
#include "command/boot/captures.hpp"
#include "command/boot/file.hpp"
#include "command/boot/paths.hpp"
#include "command/stream_loop.hpp"

namespace hoodtrace {
namespace {

const std::string kHere = beyond_switch_root("");
constexpr std::uint64_t kLookNs = 200'000'000;
// Without a word of the manager about the file systems: try from then on.
constexpr std::uint64_t kTryAnywayNs = 60'000'000'000;

std::string capture_name() {
  std::string id;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("boot-{:%Y%m%dT%H%M%SZ}-{}.htrec", fmt::gmtime(now), id.substr(0, 8));
}

// Puts what was written onto the disk, every other second and in the background: after a power cut
// that is what remains.
class Keeper {
 public:
  ~Keeper() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  // The file, and the folder that the unit's link was taken out of.
  void keep(const std::string& path) {
    file_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    folder_ =
        Fd(::open(below(kHere, kBootWantsFolder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file_) thread_ = std::thread([this] { run(); });
  }

 private:
  void run() {
    if (folder_) ::fsync(folder_.get());
    for (int i = 0; !stop_; i++) {
      if (i % 20 == 0) ::fdatasync(file_.get());
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ::fdatasync(file_.get());
  }

  Fd file_;
  Fd folder_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

class Capture : public Observer {
 public:
  explicit Capture(const Options& options)
      : options_(options),
        file_(below(kHere, kBootFolder), capture_name(), options.boot.limit_bytes) {}

  Result<int> run(const Environment& environment);
  void on_event(const Event& event, std::string& out) override;

 private:
  Result<void> take(std::span<const RecordView> records);
  void open_file();
  void disable_next();
  [[nodiscard]] bool is_unwanted() const;
  Result<void> close_file();
  void tell(const std::string& what) const;
  [[nodiscard]] std::uint32_t wants_end() const;

  const Options& options_;
  BootFile file_;
  Keeper keeper_;
  std::string trouble_;  // why the usual folder has no file
  std::uint64_t first_ns_ = 0;
  std::uint64_t looked_ns_ = 0;
  bool from_initrd_ = false;
  bool local_fs_ = false;
  bool unwanted_ = false;
};

// One capture was asked for: the next boot is without. As soon as the disk can be written to, so
// that a capture that keeps a boot from finishing is not repeated at the next boot.
void Capture::disable_next() {
  if (options_.boot.once) ::unlink(below(kHere, kBootWantsLink).c_str());
}

// An initrd that was not made anew begins a capture that the system does not want any more.
bool Capture::is_unwanted() const {
  char target[8];
  return from_initrd_ && local_fs_ && !file_.is_open() &&
         ::readlink(below(kHere, kBootWantsLink).c_str(), target, sizeof(target)) < 0;
}

void Capture::open_file() {
  if (file_.is_open()) return;
  if (const Result<void> opened = file_.open(); !opened) {
    trouble_ = opened.error().message;
    return;
  }
  trouble_.clear();
  keeper_.keep(file_.path());
}

std::uint32_t Capture::wants_end() const {
  if (unwanted_) return HT_BOOT_END_STOPPED;
  if (file_.is_limit_near()) return HT_BOOT_END_SIZE;
  if (!file_.has_room() || file_.is_memory_full()) return HT_BOOT_END_SPACE;
  return 0;
}

void Capture::on_event(const Event& event, std::string&) {
  const auto* mark = event.as<ht_boot_mark>();
  if (mark == nullptr) return;
  if (mark->kind == HT_BOOT_MARK_LOCAL_FS) local_fs_ = true;
  if (mark->kind == HT_BOOT_MARK_SWITCH_ROOT) from_initrd_ = true;
}

Result<void> Capture::take(std::span<const RecordView> records) {
  RETURN_IF_ERROR(file_.write(records));
  const std::uint64_t now_ns = records.back().head->time_ns;
  if (first_ns_ == 0) first_ns_ = now_ns;
  if (now_ns < looked_ns_ + kLookNs) return {};
  looked_ns_ = now_ns;
  // In the initrd every path is one of the memory's.
  if (!local_fs_ && (now_ns < first_ns_ + kTryAnywayNs || is_in_initrd())) return {};
  if (is_unwanted()) {
    unwanted_ = true;
    return {};
  }
  disable_next();
  open_file();
  return {};
}

Result<void> Capture::close_file() {
  disable_next();
  open_file();
  if (!file_.is_open()) {
    // What lasts until the machine is off is better than nothing.
    const std::string why = trouble_;
    file_.move_to(below(kHere, kBootRunFolder));
    open_file();
    if (!file_.is_open()) return failed(why + "; " + trouble_);
    trouble_ = why;
  }
  return file_.finish();
}

void Capture::tell(const std::string& what) const {
  std::string outcome = what;
  const std::string beyond = kHere + "/";
  for (std::size_t at = 0; (at = outcome.find(beyond, at)) != std::string::npos;)
    outcome.replace(at, beyond.size(), 1, '/');
  std::fprintf(stderr, "hoodtrace: %s\n", outcome.c_str());
  ::mkdir(below(kHere, kBootRunFolder).c_str(), 0700);
  std::ofstream(below(kHere, kBootOutcome)) << outcome << '\n';
}

Result<int> Capture::run(const Environment& environment) {
  BootRequest request;
  request.trace = options_.trace;
  request.until = options_.boot.until;
  request.limit_ns = options_.boot.limit_ns;
  request.kmsg = options_.boot.kmsg;
  request.wants_end = [this] { return wants_end(); };
  // Before the programs are loaded, which can last seconds: when this process was started by
  // initramfs-tools and not by the unit, the unit must not begin another capture.
  ::mkdir(below(kHere, kBootRunFolder).c_str(), 0700);
  std::ofstream(below(kHere, kBootCapturing)) << ::getpid() << '\n';
  Result<std::unique_ptr<Source>> source = environment.open_boot(request);
  if (!source) {
    ::unlink(below(kHere, kBootCapturing).c_str());
    disable_next();
    tell("the boot was not captured: " + source.error().message);
    return source.error();
  }
  std::ofstream(below(kHere, kBootCapturing)) << ::getpid() << " attached\n";
  StreamAccount account;
  StreamLoop loop(*this, account, nullptr);
  loop.after_batch = [this](std::span<const RecordView> records) { return take(records); };
  Result<void> went = loop.run(**source);
  ::unlink(below(kHere, kBootCapturing).c_str());
  if (unwanted_) {
    tell("a capture that began in the initrd was deleted: no capture is enabled");
    return 0;
  }
  const Result<void> finished = close_file();
  if (went && !finished) went = finished;
  if (!went) {
    tell(fmt::format("the capture of the boot failed: {}", went.error().message));
    return went.error();
  }
  drop_old_captures(kHere, options_.boot.keep, file_.path());
  std::string outcome =
      fmt::format("the boot was captured: {}, {}", file_.path(), format_bytes(file_.bytes()));
  if (!trouble_.empty()) outcome += fmt::format("; not in {}: {}", kBootFolder, trouble_);
  if (file_.dropped() > 0) outcome += fmt::format("; {} records dropped", file_.dropped());
  tell(outcome);
  return 0;
}

}  // namespace

Result<int> capture_boot(const Options& options, const Environment& environment) {
  return Capture(options).run(environment);
}

}  // namespace hoodtrace
