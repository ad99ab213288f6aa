// SPDX-License-Identifier: GPL-2.0-or-later
// The keys of `top`: the one list from which they are obeyed and from which the help is made.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hoodtrace {

enum class KeyCode : std::uint8_t {
  kCharacter,
  kUp,
  kDown,
  kLeft,
  kRight,
  kPageUp,
  kPageDown,
  kHome,
  kEnd,
  kEnter,
  kEscape,
  kTab,
  kBackTab,
  kBackspace,
  kClick,      // at (row, column)
  kResize,     // the terminal has another size
  kInterrupt,  // Ctrl-C
};

struct Key {
  KeyCode code = KeyCode::kCharacter;
  char character = 0;  // ASCII, of kCharacter
  std::size_t row = 0;
  std::size_t column = 0;
};

enum class Action : std::uint8_t {
  kUp,
  kDown,
  kPageUp,
  kPageDown,
  kFirst,
  kLive,
  kOpen,
  kBack,
  kNextScreen,
  kPreviousScreen,
  kFilter,
  kSortRight,
  kSortLeft,
  kReverse,
  kGroup,
  kPause,
  kTickBack,
  kTickForward,
  kTenBack,
  kTenForward,
  kGoTo,
  kPin,
  kFollow,
  kLonger,
  kShorter,
  kWrite,
  kRemarks,
  kCommand,
  kHelp,
  kQuit,
};

struct KeyRow {
  KeyCode code;
  char character;          // of kCharacter
  std::string_view shown;  // in the help; "" = the same as the row before
  Action action;
  std::string_view does;
};

inline constexpr std::array kKeys = {
    KeyRow{KeyCode::kUp, 0, "Up k", Action::kUp, "the row above"},
    KeyRow{KeyCode::kCharacter, 'k', "", Action::kUp, ""},
    KeyRow{KeyCode::kDown, 0, "Down j", Action::kDown, "the row below"},
    KeyRow{KeyCode::kCharacter, 'j', "", Action::kDown, ""},
    KeyRow{KeyCode::kPageUp, 0, "PgUp", Action::kPageUp, "a page up"},
    KeyRow{KeyCode::kPageDown, 0, "PgDn", Action::kPageDown, "a page down"},
    KeyRow{KeyCode::kHome, 0, "Home", Action::kFirst, "the first row"},
    KeyRow{KeyCode::kEnter, 0, "Enter", Action::kOpen,
           "open the row: a unit's tasks, a task's whole time"},
    KeyRow{KeyCode::kEscape, 0, "Esc", Action::kBack, "back"},
    KeyRow{KeyCode::kBackspace, 0, "", Action::kBack, ""},
    KeyRow{KeyCode::kTab, 0, "Tab 1-9", Action::kNextScreen, "another screen"},
    KeyRow{KeyCode::kBackTab, 0, "", Action::kPreviousScreen, ""},
    KeyRow{KeyCode::kCharacter, '/', "/", Action::kFilter,
           "show only rows such as: wait>5ms comm:pg*"},
    KeyRow{KeyCode::kCharacter, 's', "s > <", Action::kSortRight,
           "sort by the next column, or the one before"},
    KeyRow{KeyCode::kCharacter, '>', "", Action::kSortRight, ""},
    KeyRow{KeyCode::kRight, 0, "", Action::kSortRight, ""},
    KeyRow{KeyCode::kCharacter, '<', "", Action::kSortLeft, ""},
    KeyRow{KeyCode::kLeft, 0, "", Action::kSortLeft, ""},
    KeyRow{KeyCode::kCharacter, 'r', "r", Action::kReverse, "turn the order round"},
    KeyRow{KeyCode::kCharacter, 'b', "b", Action::kGroup, "tasks by thread, process or name"},
    KeyRow{KeyCode::kCharacter, 'p', "p", Action::kPin, "keep the row at the top, or no longer"},
    KeyRow{KeyCode::kCharacter, 'F', "F", Action::kFollow,
           "follow the row's task on every screen, until the bar is moved"},
    KeyRow{KeyCode::kCharacter, ' ', "Space", Action::kPause, "pause, and go on"},
    KeyRow{KeyCode::kCharacter, '[', "[ ]", Action::kTickBack, "one interval back, one forward"},
    KeyRow{KeyCode::kCharacter, ']', "", Action::kTickForward, ""},
    KeyRow{KeyCode::kCharacter, '{', "{ }", Action::kTenBack, "ten back, ten forward"},
    KeyRow{KeyCode::kCharacter, '}', "", Action::kTenForward, ""},
    KeyRow{KeyCode::kCharacter, 'g', "g", Action::kGoTo, "go to a time: 14:03:10, or -30s"},
    KeyRow{KeyCode::kEnd, 0, "End", Action::kLive, "the latest interval"},
    KeyRow{KeyCode::kCharacter, '+', "+ -", Action::kLonger, "longer intervals, shorter ones"},
    KeyRow{KeyCode::kCharacter, '=', "", Action::kLonger, ""},
    KeyRow{KeyCode::kCharacter, '-', "", Action::kShorter, ""},
    KeyRow{KeyCode::kCharacter, 'w', "w", Action::kWrite,
           "write what is in memory as a recording (--keep)"},
    KeyRow{KeyCode::kCharacter, '!', "!", Action::kRemarks,
           "the remarks; Enter shows the evidence"},
    KeyRow{KeyCode::kCharacter, 'y', "y", Action::kCommand, "the command that prints this table"},
    KeyRow{KeyCode::kCharacter, '?', "? h", Action::kHelp, "this help"},
    KeyRow{KeyCode::kCharacter, 'h', "", Action::kHelp, ""},
    KeyRow{KeyCode::kCharacter, 'q', "q", Action::kQuit, "leave"},
};

}  // namespace hoodtrace
