// SPDX-License-Identifier: GPL-2.0-or-later
#include "terminal/curses_terminal.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "terminal/guardian.hpp"

// Last: it defines many short names.
#include <curses.h>
#include <term.h>

namespace hoodtrace {
namespace {

constexpr int kControlC = 3;
constexpr int kControlL = 12;
constexpr int kControlZ = 26;
constexpr short kAlarmPair = 1;

// A string capability of terminfo; "" when the terminal does not have it.
std::string capability(const char* name) {
  const char* text = ::tigetstr(name);
  return text == nullptr || text == reinterpret_cast<const char*>(-1) ? "" : text;
}

attr_t attributes(Role role, bool has_color) {
  switch (role) {
    case Role::kNormal:
    case Role::kBar:
      return A_NORMAL;
    case Role::kStrong:
      return A_BOLD;
    case Role::kFaint:
      return A_DIM;
    case Role::kSelected:
      return A_REVERSE;
    case Role::kSelectedFaint:
      return A_REVERSE | A_DIM;
    case Role::kAlarm:
      return has_color ? static_cast<attr_t>(COLOR_PAIR(kAlarmPair)) : static_cast<attr_t>(A_BOLD);
  }
  return A_NORMAL;
}

std::optional<Key> key_of(int code) {
  switch (code) {
    case KEY_UP:
      return Key{KeyCode::kUp};
    case KEY_DOWN:
      return Key{KeyCode::kDown};
    case KEY_LEFT:
      return Key{KeyCode::kLeft};
    case KEY_RIGHT:
      return Key{KeyCode::kRight};
    case KEY_PPAGE:
      return Key{KeyCode::kPageUp};
    case KEY_NPAGE:
      return Key{KeyCode::kPageDown};
    case KEY_HOME:
      return Key{KeyCode::kHome};
    case KEY_END:
      return Key{KeyCode::kEnd};
    case KEY_ENTER:
    case '\n':
    case '\r':
      return Key{KeyCode::kEnter};
    case 27:
      return Key{KeyCode::kEscape};
    case '\t':
      return Key{KeyCode::kTab};
    case KEY_BTAB:
      return Key{KeyCode::kBackTab};
    case KEY_BACKSPACE:
    case 8:
    case 127:
      return Key{KeyCode::kBackspace};
    case KEY_RESIZE:
      return Key{KeyCode::kResize};
    case KEY_F(1):
      return Key{KeyCode::kCharacter, '?'};
    case kControlC:
      return Key{KeyCode::kInterrupt};
    case KEY_MOUSE: {
      MEVENT event{};
      if (::getmouse(&event) != OK || event.x < 0 || event.y < 0) return {};
      Key key{KeyCode::kClick};
      key.row = static_cast<std::size_t>(event.y);
      key.column = static_cast<std::size_t>(event.x);
      return key;
    }
    default:
      if (code >= ' ' && code < 127) return Key{KeyCode::kCharacter, static_cast<char>(code)};
      return {};
  }
}

class CursesTerminal : public Terminal {
 public:
  static Result<std::unique_ptr<Terminal>> open();
  ~CursesTerminal() override;

  [[nodiscard]] Size size() const override {
    return {static_cast<std::size_t>(COLS), static_cast<std::size_t>(LINES)};
  }
  void show(const Frame& frame) override;
  std::optional<Key> wait(int wake_fd) override;
  [[nodiscard]] bool is_gone() const override { return is_gone_; }

 private:
  void stop_for_a_while();

  SCREEN* screen_ = nullptr;
  std::unique_ptr<Guardian> guardian_;
  bool has_color_ = false;
  bool is_gone_ = false;
};

Result<std::unique_ptr<Terminal>> CursesTerminal::open() {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0)
    return usage(
        "top draws on a terminal; into a file or a pipe: hoodtrace sched -i 1s, or why -i 1s");
  // The frames are UTF-8, whatever the user's locale.
  std::setlocale(LC_CTYPE, "C.UTF-8");
  std::unique_ptr<CursesTerminal> terminal(new CursesTerminal);
  terminal->screen_ = ::newterm(nullptr, stdout, stdin);
  if (terminal->screen_ == nullptr) {
    const char* name = std::getenv("TERM");
    return failed(
        fmt::format("the terminal '{}' is not known here; set TERM, for example TERM=xterm",
                    name == nullptr ? "" : name));
  }
  if (capability("cup").empty()) {
    ::endwin();
    return failed(
        "this terminal cannot move its cursor (TERM); into a file: hoodtrace sched -i 1s");
  }
  terminal->guardian_ =
      std::make_unique<Guardian>("\033[?1000l" + capability("sgr0") + capability("cnorm") +
                                 capability("rmkx") + capability("rmcup"));
  ::set_escdelay(25);
  ::raw();  // keys make no signals: they are taken in order with all others
  ::noecho();
  ::nonl();
  ::keypad(stdscr, TRUE);
  ::nodelay(stdscr, TRUE);
  ::curs_set(0);
  ::mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED, nullptr);
  ::mouseinterval(0);
  const char* no_color = std::getenv("NO_COLOR");
  if ((no_color == nullptr || *no_color == '\0') && ::has_colors()) {
    ::start_color();
    ::use_default_colors();
    ::init_pair(kAlarmPair, COLOR_RED, -1);
    terminal->has_color_ = true;
  }
  return std::unique_ptr<Terminal>(std::move(terminal));
}

CursesTerminal::~CursesTerminal() {
  if (screen_ == nullptr) return;
  ::endwin();
  ::delscreen(screen_);
}

void CursesTerminal::show(const Frame& frame) {
  ::erase();
  for (std::size_t row = 0; row < frame.height(); row++) {
    ::move(static_cast<int>(row), 0);
    for (const Frame::Run& run : frame.runs(row)) {
      ::attrset(static_cast<int>(attributes(run.role, has_color_)));
      ::addstr(run.text.c_str());
    }
  }
  ::attrset(A_NORMAL);
  ::refresh();
}

void CursesTerminal::stop_for_a_while() {
  ::endwin();
  ::raise(SIGSTOP);  // to this thread: when it goes on, so does the program
  ::clearok(curscr, TRUE);
  ::refresh();
}

std::optional<Key> CursesTerminal::wait(int wake_fd) {
  for (;;) {
    const int code = ::getch();
    if (code == kControlZ) {
      stop_for_a_while();
      return Key{KeyCode::kResize};
    }
    if (code == kControlL) {
      ::clearok(curscr, TRUE);
      return Key{KeyCode::kResize};
    }
    if (code != ERR) {
      if (const std::optional<Key> key = key_of(code)) return key;
      continue;
    }
    if (is_gone_) return {};
    pollfd fds[2] = {{STDIN_FILENO, POLLIN, 0}, {wake_fd, POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0) continue;  // a signal: the size has changed
    if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) is_gone_ = true;
    if (fds[1].revents != 0 || is_gone_) return {};
  }
}

}  // namespace

Result<std::unique_ptr<Terminal>> open_curses_terminal() { return CursesTerminal::open(); }

}  // namespace hoodtrace
