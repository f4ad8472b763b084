#!/usr/bin/python3
"""Runs scripts of commands and the output they must have.

Usage: run_script.py [--update] SCRIPT...

A script:

    # A comment, up to the next command.
    $ sightline keygen log --origin log.example.com --out log.key
    private key     log.key (the server's alone)
    vkey            <vkey>
    ...
    $ cat missing
    > 2>/dev/null
    [1]

Lines after a command are what it prints, standard output and error together.
<hash>, <key>, <uuid>, <vkey>, <time> and <address> stand for any of them; a line ending
in " (re)" is a regular expression for a whole line; "..." stands for any number of
lines; "[1]" is the exit code, when it is not 0. "> " continues a command. All
commands run in one bash, in a new folder (<folder>), after prelude.sh.

--update writes what was printed into the scripts, where it differs. Read the result
before it is committed.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

# What differs from run to run, by the name that scripts give it.
PLACEHOLDERS = {
    "<hash>": r"[0-9a-f]{64}",
    "<key>": r"[0-9a-f]{8}\.\.\.",
    "<uuid>": r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "<vkey>": r"\S+\+[0-9a-f]{8}\+[AB][A-Za-z0-9+/]{43}",
    "<time>": r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)? UTC|T\d\d:\d\d:\d\d(?:\.\d+)?Z)",
    "<address>": r"127\.0\.0\.1:\d+",
}

HERE = pathlib.Path(__file__).absolute().parent
MARK = "@@step"


class Step:
    """A command, the comment above it, and what it must print."""

    def __init__(self, comment, line):
        self.comment = comment
        self.line = line
        self.command = []
        self.expected = []


def parse(text):
    """Returns the steps of a script and the comment at its end."""
    steps, comment, step = [], [], None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("$ "):
            step = Step(comment, number)
            step.command.append(line[2:])
            steps.append(step)
            comment = []
        elif step is not None and line.startswith("> ") and not step.expected:
            step.command.append(line[2:])
        elif line.startswith("#") or (step is None and not line):
            comment.append(line)
            step = None
        elif step is None:
            raise ValueError("line %d: neither command nor comment: %s" % (number, line))
        else:
            step.expected.append(line)
    for step in steps:
        while step.expected and not step.expected[-1]:
            step.expected.pop()
    return steps, comment


def bash_program(steps):
    program = ["source %s" % (HERE / "prelude.sh")]
    for number, step in enumerate(steps):
        program += step.command
        program.append("printf '\\n%s %d %%d\\n' $?" % (MARK, number))
    return "\n".join(program) + "\n"


def run(steps):
    """Returns what each step printed, as lines with "[code]" at the end if not 0."""
    with tempfile.TemporaryDirectory(prefix="cli", dir=os.environ.get("TEST_TMPDIR")) as folder:
        program = pathlib.Path(folder, "program.sh")
        program.write_text(bash_program(steps), encoding="utf-8")
        work = pathlib.Path(folder, "work")
        work.mkdir()
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(("SIGHTLINE_", "XDG_")) and k != "NO_COLOR"}
        env.update(VECTORS=str(HERE.parent / "vectors" / "receipts"), TOOLS=str(HERE), HOME=str(work), TZ="UTC", LC_ALL="C.UTF-8",
                   PATH="%s:%s" % (binaries(), env.get("PATH", "/usr/bin:/bin")))
        done = subprocess.run(["bash", str(program)], cwd=work, env=env, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    output = done.stdout.decode("utf-8", "replace").replace(str(work), "<folder>")
    return split(output, len(steps))


def split(output, count):
    printed, lines = [], []
    for line in output.splitlines():
        mark = re.fullmatch(MARK + r" (\d+) (\d+)", line)
        if not mark:
            lines.append(line)
            continue
        while lines and not lines[-1]:
            lines.pop()
        if mark.group(2) != "0":
            lines.append("[%s]" % mark.group(2))
        printed.append(lines)
        lines = []
    if len(printed) != count:
        raise ValueError("only %d of %d commands ended; then:\n%s"
                         % (len(printed), count, "\n".join(lines)))
    return printed


def binaries():
    """The folder of sightline and sightlined."""
    return os.environ.get("SIGHTLINE_BIN") or pathlib.Path("cmd").resolve()


def pattern_of(want):
    """The regular expression that a line of a script stands for."""
    if want.endswith(" (re)"):
        return want[: -len(" (re)")]
    parts = re.split("(%s)" % "|".join(PLACEHOLDERS), want)
    return "".join(PLACEHOLDERS.get(part) or re.escape(part) for part in parts)


def line_matches(want, got):
    return re.fullmatch(pattern_of(want), got) is not None


def matches(want, got):
    """Whether lines `got` are what `want` says."""
    if not want:
        return not got
    if want[0] == "...":
        return any(matches(want[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and line_matches(want[0], got[0]) and matches(want[1:], got[1:])


def generalised(line):
    """The line as a script has it: placeholders for what is volatile."""
    for name, pattern in PLACEHOLDERS.items():
        line = re.sub(pattern, name, line)
    return line


def render(steps, printed, end):
    """The script with what was printed, where it differs."""
    out = []
    for step, got in zip(steps, printed):
        out += step.comment
        out += ["$ " + step.command[0]] + ["> " + more for more in step.command[1:]]
        out += step.expected if matches(step.expected, got) else [
            generalised(line) for line in got]
        out.append("")
    return "\n".join(out + end).rstrip("\n") + "\n"


def check(path, update):
    text = path.read_text(encoding="utf-8")
    steps, end = parse(text)
    printed = run(steps)
    if update:
        path.write_text(render(steps, printed, end), encoding="utf-8")
        return True
    good = True
    for step, got in zip(steps, printed):
        if matches(step.expected, got):
            continue
        good = False
        print("%s:%d: $ %s\nwant:\n%s\ngot:\n%s\n" % (
            path.name, step.line, "\n> ".join(step.command),
            "\n".join("  " + line for line in step.expected),
            "\n".join("  " + line for line in got)))
    return good


def main(argv):
    update = "--update" in argv
    scripts = [pathlib.Path(a) for a in argv[1:] if a != "--update"]
    if not scripts:
        print(__doc__)
        return 2
    results = [check(path, update) for path in scripts]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
