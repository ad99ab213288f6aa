#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Man pages and shell completion: make_pages.py HOODTRACE MAN-FOLDER OUT-FOLDER

HOODTRACE is the program that was built. Its hidden command `command-tree` prints the commands, their
options and the words that these take, as JSON: SYNOPSIS, OPTIONS and EXAMPLES of the pages and all of
the completion come from there. The prose is in MAN-FOLDER: one scdoc file per command, without NAME,
SYNOPSIS, OPTIONS and EXAMPLES. scdoc makes the pages.
"""

import json
import os
import re
import subprocess
import sys

FILE_TYPES = {"FILE", "PATH", "DIR"}


def escape(text):
    """For scdoc: what it would take for markup."""
    return re.sub(r"([\\*_<>\[\]#~])", r"\\\1", text)


def option_heading(option):
    names = ", ".join(f"*{escape(name)}*" for name in option["names"])
    return names + (f" _{escape(option['type'])}_" if option["type"] else "")


def options_of(node):
    """The OPTIONS of a command, in the groups of --help."""
    lines, heading = [], None
    for option in node["options"]:
        if not option["names"]:
            continue
        if option["group"] != heading:
            heading = option["group"]
            lines += [f"## {escape(heading)}", ""]
        text = escape(option["text"])
        if any(word not in option["text"] for word in option["words"]):
            text += "\n\tOne of: " + ", ".join(escape(word) for word in option["words"]) + "."
        lines += [option_heading(option), f"\t{text}", ""]
    return lines


def synopsis(path, node):
    words = [f"*hoodtrace {path}*"]
    if node["commands"]:
        words.append("_ACTION_")
    words.append("[_OPTIONS_]")
    words += [f"[_{escape(option['text_name'])}_]" for option in node["options"] if not option["names"]]
    if node["starts_program"]:
        words.append("[*--* _PROGRAM_ _ARGS_...]")
    return " ".join(words)


def split_prose(text):
    """DESCRIPTION, and the sections that follow OPTIONS."""
    parts = re.split(r"(?m)^(?=# )", text)
    first = [part for part in parts if part.startswith("# DESCRIPTION")]
    rest = [part for part in parts if part.startswith("# ") and not part.startswith("# DESCRIPTION")]
    return "".join(first), "".join(rest)


def examples(node):
    lines = ["# EXAMPLES", "", "```"]
    lines += [line.strip() for line in node["examples"].splitlines()]
    return lines + ["```", ""]


def command_page(node, prose):
    path = node["name"]
    description, rest = split_prose(prose)
    lines = [f"hoodtrace-{path}(1)", "", "# NAME", "", f"hoodtrace-{path} - {escape(node['summary'])}", ""]
    lines += ["# SYNOPSIS", "", synopsis(path, node), ""]
    lines += [description.rstrip() or f"# DESCRIPTION\n\n{escape(node['summary'].capitalize())}.", ""]
    if node["commands"]:
        lines += ["# ACTIONS", ""]
        for action in node["commands"]:
            lines += [synopsis(f"{path} {action['name']}", action), f"\t{escape(action['summary'])}", ""]
    lines += ["# OPTIONS", ""] + options_of(node)
    for action in node["commands"]:
        if any(option["names"] for option in action["options"]):
            lines += [f"# OPTIONS OF {escape(path)} {escape(action['name'])}".upper(), ""]
            lines += [line for line in options_of(action)]
    lines += [rest.rstrip(), ""] if rest.strip() else []
    lines += examples(node)
    lines += ["# SEE ALSO", "", "*hoodtrace*(1), *hoodtrace-htrec*(5)", ""]
    return "\n".join(lines)


def program_page(tree, prose):
    description, rest = split_prose(prose)
    lines = ["hoodtrace(1)", "", "# NAME", "", f"hoodtrace - {escape(tree['summary'])}", ""]
    lines += ["# SYNOPSIS", "", "*hoodtrace* _COMMAND_ [_OPTIONS_] [*--* _PROGRAM_ _ARGS_...]", ""]
    lines += [description.rstrip(), "", "# COMMANDS", ""]
    for node in tree["commands"]:
        lines += [f"*hoodtrace-{node['name']}*(1)", f"\t{escape(node['summary'])}", ""]
    lines += [rest.rstrip(), "", "# SEE ALSO", ""]
    pages = [f"*hoodtrace-{node['name']}*(1)" for node in tree["commands"]]
    lines += [", ".join(pages + ["*hoodtrace-htrec*(5)"]), ""]
    return "\n".join(lines)


def bash(tree):
    def arms(node, path):
        words = [name for option in node["options"] for name in option["names"]]
        words += [action["name"] for action in node["commands"]]
        words += [word for option in node["options"] if not option["names"] for word in option["words"]]
        out = [f'    "{path}") words="{" ".join(words)}" ;;']
        for action in node["commands"]:
            out += arms(action, f"{path} {action['name']}")
        return out

    def values(node, path):
        out = []
        for option in node["options"]:
            if not option["names"] or not option["type"]:
                continue
            # bash inserts a word as it is: one that the shell would take for a redirection is not offered.
            what = " ".join(word for word in option["words"] if not re.search(r"[<>|&;$`]", word))
            if not what and option["type"] in FILE_TYPES:
                what = "-f"
            for name in option["names"]:
                out.append(f'    "{path} {name}") values="{what}" ;;')
        for action in node["commands"]:
            out += values(action, f"{path} {action['name']}")
        return out

    actions = {node["name"]: [a["name"] for a in node["commands"]] for node in tree["commands"]}
    lines = ["# bash completion for hoodtrace(1); made by make_pages.py", "_hoodtrace() {"]
    lines += ["  local cur prev path i words='' values=none", "  COMPREPLY=()"]
    lines += ['  cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}']
    lines += ["  # Behind -- it is another program's command line."]
    lines += ["  for ((i = 1; i < COMP_CWORD; i++)); do", '    if [[ ${COMP_WORDS[i]} == -- ]]; then']
    lines += ["      ((i + 1 == COMP_CWORD)) && COMPREPLY=($(compgen -c -- \"$cur\")) || COMPREPLY=($(compgen -f -- \"$cur\"))"]
    lines += ["      return", "    fi", "  done"]
    lines += ["  path=${COMP_WORDS[1]-}", '  case "$path ${COMP_WORDS[2]-}" in']
    for name, subs in actions.items():
        if subs:
            lines += ["    " + " | ".join(f'"{name} {sub}"' for sub in subs) + ") ((COMP_CWORD > 2)) && path=\"$path ${COMP_WORDS[2]}\" ;;"]
    lines += ["  esac", "  if ((COMP_CWORD == 1)); then"]
    names = " ".join(node["name"] for node in tree["commands"])
    lines += [f'    COMPREPLY=($(compgen -W "{names} help --help --version" -- "$cur"))', "    return", "  fi"]
    lines += ['  case "$path $prev" in']
    for node in tree["commands"]:
        lines += values(node, node["name"])
    lines += ["  esac", '  case "$path" in']
    for node in tree["commands"]:
        lines += arms(node, node["name"])
    lines += ["  esac"]
    lines += ["  if [[ $values == -f ]]; then compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$cur\"))"]
    lines += ["  elif [[ $values != none ]]; then COMPREPLY=($(compgen -W \"$values\" -- \"$cur\"))"]
    lines += ["  else COMPREPLY=($(compgen -W \"$words --help --\" -- \"$cur\"))"]
    lines += ["  fi", "}", "complete -F _hoodtrace hoodtrace", ""]
    return "\n".join(lines)


def zsh_quote(text):
    return text.replace("'", "'\\''").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")


def zsh_words(words):
    """zsh evaluates the list of words, inside a word that is quoted itself."""
    return " ".join(re.sub(r"([^\w.,/+-])", r"\\\1", word) for word in words)


def zsh(tree):
    def argument(option):
        if not option["type"]:
            return ""
        if option["words"]:
            return f":{zsh_quote(option['type'])}:({zsh_words(option['words'])})"
        return f":{zsh_quote(option['type'])}:" + ("_files" if option["type"] in FILE_TYPES else " ")

    def specs(node):
        out = []
        for option in node["options"]:
            if not option["names"]:
                words = f"({zsh_words(option['words'])})" if option["words"] else "_files"
                out.append(f"'*:{zsh_quote(option['text_name'])}:{words}'")
                continue
            excluded = " ".join(option["names"])
            for name in option["names"]:
                out.append(f"'({excluded}){name}[{zsh_quote(option['text'])}]{argument(option)}'")
        return out + ["'--help[show help]'"]

    def function(node, path):
        name = "_hoodtrace_" + path.replace(" ", "_")
        lines = [f"{name}() {{"]
        if node["commands"]:
            lines += ["  local -a actions=("]
            lines += [f"    '{zsh_quote(a['name'])}:{zsh_quote(a['summary'])}'" for a in node["commands"]]
            lines += ["  )", "  if ((CURRENT == 2)); then _describe action actions; return; fi"]
            lines += ["  local action=$words[2]", "  shift words", "  ((CURRENT--))"]
            lines += [f"  (($+functions[{name}_$action])) && {name}_$action", "}"]
            for action in node["commands"]:
                lines += function(action, f"{path} {action['name']}")
            return lines
        lines += ["  _arguments -s \\"]
        all_specs = specs(node)
        if node["starts_program"] and all(option["names"] for option in node["options"]):
            all_specs += ["'*:::program:_normal'"]
        lines += [f"    {spec} \\" for spec in all_specs[:-1]] + [f"    {all_specs[-1]}", "}"]
        return lines

    lines = ["#compdef hoodtrace", "# made by make_pages.py"]
    for node in tree["commands"]:
        lines += function(node, node["name"])
    lines += ["_hoodtrace() {", "  local -a commands=("]
    lines += [f"    '{node['name']}:{zsh_quote(node['summary'])}'" for node in tree["commands"]]
    lines += ["  )", "  if ((CURRENT == 2)); then _describe command commands; return; fi"]
    lines += ["  local command=$words[2]", "  shift words", "  ((CURRENT--))"]
    lines += ["  (($+functions[_hoodtrace_$command])) && _hoodtrace_$command", "}", '_hoodtrace "$@"', ""]
    return "\n".join(lines)


def fish_quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_words(words):
    """fish evaluates the list of words."""
    return fish_quote(" ".join(re.sub(r"([^\w.,/+-])", r"\\\1", word) for word in words))


def fish(tree):
    lines = ["# fish completion for hoodtrace(1); made by make_pages.py", "complete -c hoodtrace -f"]
    for node in tree["commands"]:
        lines.append(f"complete -c hoodtrace -n __fish_use_subcommand -a {node['name']} -d {fish_quote(node['summary'])}")

    def of(node, condition):
        for option in node["options"]:
            words = f" -xa {fish_words(option['words'])}" if option["words"] else ""
            if not option["names"]:
                if option["words"]:
                    lines.append(f"complete -c hoodtrace -n {condition} -a {fish_words(option['words'])}")
                else:
                    lines.append(f"complete -c hoodtrace -n {condition} -F")
                continue
            flags = "".join(f" -l {n[2:]}" if n.startswith("--") else f" -s {n[1:]}" for n in option["names"])
            if option["type"] and not words:
                words = " -rF" if option["type"] in FILE_TYPES else " -x"
            lines.append(f"complete -c hoodtrace -n {condition}{flags}{words} -d {fish_quote(option['text'])}")

    for node in tree["commands"]:
        if node["commands"]:
            names = " ".join(a["name"] for a in node["commands"])
            inside = f"__fish_seen_subcommand_from {node['name']}; and not __fish_seen_subcommand_from {names}"
            for action in node["commands"]:
                lines.append(f"complete -c hoodtrace -n {fish_quote(inside)} -a {action['name']} -d {fish_quote(action['summary'])}")
                of(action, fish_quote(f"__fish_seen_subcommand_from {node['name']}; and __fish_seen_subcommand_from {action['name']}"))
        else:
            of(node, fish_quote(f"__fish_seen_subcommand_from {node['name']}"))
    return "\n".join(lines) + "\n"


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def make_page(path, source):
    """PATH.gz is for packagers to make."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # The date of a page is that of its sources, where the build gives one: the same bytes each time.
    done = subprocess.run(["scdoc"], input=source, capture_output=True, text=True)
    if done.returncode != 0:
        write(path + ".scd", source)
        sys.exit(f"make_pages: scdoc refused {path}.scd: {done.stderr.strip()}")
    write(path, done.stdout)


def main():
    program, prose, out = sys.argv[1:]
    tree = json.loads(subprocess.run([program, "command-tree"], capture_output=True, check=True).stdout)
    for node in tree["commands"]:
        name = node["name"]
        make_page(f"{out}/man/hoodtrace-{name}.1", command_page(node, read(f"{prose}/{name}.scd")))
    make_page(f"{out}/man/hoodtrace.1", program_page(tree, read(f"{prose}/hoodtrace.scd")))
    make_page(f"{out}/man/hoodtrace-htrec.5", read(f"{prose}/htrec.scd"))
    write(f"{out}/completion/hoodtrace.bash", bash(tree))
    write(f"{out}/completion/_hoodtrace", zsh(tree))
    write(f"{out}/completion/hoodtrace.fish", fish(tree))


main()
