#!/usr/bin/env python3
"""Reports where the sources violate what CMake and ARCHITECTURE.md allow, one line each: file:line: what is wrong, what
is allowed. Exit code 1 if there is a violation.

The include root is the same for all rooms, so a compiler accepts includes of any other room. These rules apply instead:

- A room is a folder with a leeway_room(), or the executable; a module belongs to the room of its folder. Its files
  include only the rooms and libraries that its own CMakeLists.txt names. CMake also passes on the DEPS of a dependency;
  here they do not count because otherwise no room could drop one without breaking others. A header that other rooms
  include, directly or through another header, may use only DEPS; all other files may also use PRIVATE_DEPS.
- Everything named there is included, and there is no cycle.
- The table of rooms in ARCHITECTURE.md has a row for each room, below those that it includes, with its libraries.
- Only agent/cli creates a PosixFileSystem, and a room opens no files of its own, but for a few named below: it uses the
  FileSystem of its caller.
- The build reaches every room, every source and every test.

Tests may include everything; tests/support is a room. Usage: rooms.py [ROOT]
"""

import dataclasses
import pathlib
import re
import sys

from declared import (FOLDERS, TABLE, WITHOUT_HEADERS, Target, added_folders, cmake_commands, library_of, read_table,
                      read_targets, rooms_elsewhere)

MAKES_FILE_SYSTEMS = ("agent/cli/", "agent/core/file_system.")
# The last two: the module to load, /proc/self.
OPENS_FILES_ITSELF = ("agent/cli/", "agent/core/file_system.", "agent/core/posix_stream.", "collectors/parquet/parquet_library.cpp",
                      "exporters/prometheus/process_metrics.cpp", "tests/support/temporary_directory.h")
OPENS_FILES = re.compile(r"<fstream>|std::filesystem::(?!path\b)|\bstd::[io]?fstream|\bfopen\(|(?<!\w)::open(at)?\(")
SOURCES, HEADERS = (".cpp",), (".h",)
OTHER_NAMES = (".c", ".cc", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".inl", ".ipp", ".tcc")
# Headers of C++, of the C library and of the compiler.
STANDARD = set("""algorithm any array atomic barrier bit bitset charconv chrono codecvt compare complex concepts
condition_variable coroutine deque exception execution expected filesystem format forward_list fstream functional future
initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex
new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex
source_location span sstream stack stdexcept stop_token streambuf string string_view syncstream system_error thread tuple
type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector version cassert cctype cerrno
cfenv cfloat cinttypes climits clocale cmath csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar
cwchar cwctype""".split())
PLATFORM = re.compile(r"(arpa|linux|net|netinet)/\w+\.h|sys/(?!simdjson)\w+\.h"
                      r"|(dirent|dlfcn|fcntl|malloc|netdb|poll|pthread|signal|unistd)\.h|[a-z]+mmintrin\.h|arm_neon\.h")


@dataclasses.dataclass
class Include:
    file: str
    place: str
    included: str
    target: Target  # of the file
    other: Target | None  # of what it includes; None: not a file of a room


def listed(names):
    return ", ".join(sorted(names)) or "nothing"


class House:
    """The rooms below `root`; each check adds to `wrong`."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.wrong = []
        self.targets = read_targets(self.root)
        self.reached = added_folders(self.root)
        self.folders = {target.folder: target for target in reversed(self.targets.values())}
        self.by_source = {f"{target.folder}/{source}": target
                          for target in self.targets.values() for source in target.sources}
        self.files = {path.relative_to(self.root).as_posix(): path.read_text()
                      for folder in FOLDERS for path in sorted((self.root / folder).rglob("*"))
                      if path.suffix in SOURCES + HEADERS}
        self.includes = [include for name in self.files for include in self.includes_of(name)]
        self.public = self.public_headers()
        self.used = {name: set() for name in self.targets}  # rooms and libraries that its files include
        self.homes = {}  # by library: the folders that include it

    def say(self, place, text):
        self.wrong.append(f"{place}: {text}")

    def room_of(self, path):
        """The nearest folder that is a room, or None."""
        return next((str(parent) for parent in pathlib.PurePath(path).parents if str(parent) in self.folders), None)

    def target_of(self, path):
        """The target that compiles the file. A header goes with the source of the same name, or else with the first
        target of its room."""
        source = str(pathlib.PurePath(path).with_suffix(".cpp"))
        return self.by_source.get(source) or self.folders.get(self.room_of(path))

    def includes_of(self, name):
        target = self.target_of(name)
        if target is None:
            return
        for number, line in enumerate(self.files[name].splitlines(), 1):
            found = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
            if found is None:
                plain = re.sub(r"/\*.*?\*/|//.*|\ufeff", "", line).strip()
                if re.match(r"(#|%:)\s*(include|import|embed|\\$)", plain):
                    self.say(f"{name}:{number}", 'an include that only a compiler understands; write #include "..." or '
                                                 "#include <...> at the start of the line")
            else:
                generated = (self.root / f"{found[2]}.in").exists()
                other = self.target_of(found[2]) if generated or found[2] in self.files else None
                if other is None and found[1] == '"':
                    self.say(f"{name}:{number}", f'"{found[2]}" is not a file of a room; write the path from the root '
                                                 "of the repository, ending in .h, and a library's header with <>")
                else:
                    yield Include(name, f"{name}:{number}", found[2], target, other)

    def public_headers(self):
        """The headers that other rooms include, directly or through another header."""
        return self.with_their_includes(include.included for include in self.includes
                                        if include.other and include.other.folder != include.target.folder)

    def with_their_includes(self, headers):
        """The headers, and those of rooms that they include, directly or through another header."""
        found, waiting = set(), list(headers)
        while waiting:
            header = waiting.pop()
            if header not in found:
                found.add(header)
                waiting += [include.included for include in self.includes if include.file == header and include.other]
        return found

    def check_sources(self):
        for name, text in self.files.items():
            if name.endswith(".cpp") and name not in self.by_source:
                self.say(f"{name}:1", "no target compiles it; name it in the CMakeLists.txt of its room")
            for number, line in enumerate(text.splitlines(), 1):
                code = line.split("//")[0]
                if re.search(r"\bPosixFileSystem\b", code) and not name.startswith(MAKES_FILE_SYSTEMS):
                    self.say(f"{name}:{number}", "creates a PosixFileSystem; only agent/cli may, a room uses the "
                                                 "FileSystem of its caller")
                if OPENS_FILES.search(code) and not name.startswith(OPENS_FILES_ITSELF):
                    self.say(f"{name}:{number}", "opens files of its own; a room uses the FileSystem of its caller")
        for folder in FOLDERS:
            for path in (self.root / folder).rglob("*"):
                if path.suffix in OTHER_NAMES:
                    self.say(f"{path.relative_to(self.root).as_posix()}:1", "headers end in .h and sources in .cpp")
        self.check_folders()

    def check_folders(self):
        """A folder without a CMakeLists.txt is a part of the room above it, if that room compiles a file of it."""
        compiled = {str(pathlib.PurePath(source).parent) for source in self.by_source} | set(self.folders)
        for folder in sorted({str(pathlib.PurePath(name).parent) for name in self.files} - compiled):
            self.say(f"{folder}/CMakeLists.txt:1", "is missing: no target compiles a file of this folder")
        for target in self.targets.values():
            if target.folder not in self.reached:
                self.say(target.place, f"the build does not reach it; add_subdirectory() of `{target.folder}` is missing")
            for source in target.sources:
                if ".." in source:
                    self.say(target.place, f"{target.name} compiles {source} of another folder")
        for place in rooms_elsewhere(self.root, self.reached):
            self.say(f"{place}:1", f"a room outside {', '.join(FOLDERS)}; name its folder in tests/rooms/declared.py")

    def check_tests(self):
        """Every test and fuzz target is built: named in the CMakeLists.txt of its folder, which the build reaches."""
        for path in sorted((self.root / "tests").rglob("*.cpp")):
            if not path.stem.endswith(("_test", "_fuzzer")):
                continue
            name, folder = path.relative_to(self.root).as_posix(), path.parent.relative_to(self.root).as_posix()
            lists = path.parent / "CMakeLists.txt"
            commands = cmake_commands(lists.read_text()) if folder in self.reached else []
            named = {word for _, _, words in commands for word in words}
            if not named & {path.name, path.stem.removesuffix("_fuzzer")}:
                self.say(f"{name}:1", "is never built; name it in the CMakeLists.txt of its folder, and the folder in "
                                      "the one above")

    def check_includes(self):
        for include in self.includes:
            if include.other:
                if include.other.folder != include.target.folder:
                    self.check_named(include, include.other.name)
                elif include.other is not include.target:
                    self.check_neighbour(include)
            elif include.included not in STANDARD and not PLATFORM.fullmatch(include.included):
                self.check_library(include)

    def check_neighbour(self, include):
        """A header of another target in the same folder must not bring a library that this target does not name."""
        headers = self.with_their_includes([include.included])
        for inner in self.includes:
            library = library_of(inner.included) if inner.file in headers and inner.other is None else None
            if library and library[1] not in include.target.named:
                self.say(include.place, f"includes {include.included}, and with it {inner.included} of {library[1]}; "
                                        f"{include.target.name} does not name it")

    def check_library(self, include):
        if library := library_of(include.included):
            name, target = library
            self.homes.setdefault(name, set()).add(include.target.folder)
            self.check_named(include, target)
            return
        if include.included.startswith((*FOLDERS, "tests/", "gtest/", "gmock/", ".", "/")) or "/" not in include.included:
            self.say(include.place, f"<{include.included}> is neither a header of a room, with its path from the root, nor "
                                    "of C++ or the system, nor of a library in tests/rooms/declared.py")
            return
        self.say(include.place, f"<{include.included}> belongs to no library in tests/rooms/declared.py; add it there")

    def check_named(self, include, wanted):
        target = include.target
        self.used[target.name].add(wanted)
        is_public = include.file in self.public
        allowed = target.public if is_public else target.named
        if wanted not in allowed:
            named = "names it only in PRIVATE_DEPS, but other rooms include this header" if wanted in target.private \
                else "does not name it"
            self.say(include.place, f"includes {include.included} of {wanted}; {target.name} {named}. "
                                    f"Allowed here: {listed(set(allowed) - WITHOUT_HEADERS)}. Name it in "
                                    f"{target.folder}/CMakeLists.txt if its row in {TABLE} is above, or move the code")

    def check_stale(self):
        for target in self.targets.values():
            for name in target.named:
                if name not in self.used[target.name] | WITHOUT_HEADERS:
                    self.say(target.place, f"{target.name} names {name}, but none of its files includes it")

    def neighbours(self, target):
        return [self.targets[name] for name in target.named if name in self.targets]

    def check_circles(self):
        finished = set()

        def visit(target, path):
            if target.name in path:
                circle = " -> ".join([*path[path.index(target.name):], target.name])
                self.say(target.place, f"a cycle: {circle}. It may include only rooms above it in {TABLE}")
            elif target.name not in finished:
                for other in self.neighbours(target):
                    visit(other, [*path, target.name])
                finished.add(target.name)

        for target in self.targets.values():
            visit(target, [])

    def rows_of_rooms(self, table):
        """For each room, the index of its row. `folder/*` is every room in the folder without a row of its own."""
        rows = {}
        for index, row in enumerate(table):
            for name in row.folders:
                room = self.room_of(f"{name}/x")
                if name.endswith("/*"):
                    continue
                if room is None or not (self.root / name).exists():
                    self.say(row.place, f"`{name}` is not a room")
                elif rows.setdefault(room, index) != index:
                    self.say(row.place, f"`{room}` already has a row, {table[rows[room]].place}")
        for index, row in enumerate(table):
            for room in self.folders:
                if f"{pathlib.PurePath(room).parent}/*" in row.folders:
                    rows.setdefault(room, index)
        return rows

    def check_table(self):
        table = read_table(self.root)
        if table is None:
            self.say(f"{TABLE}:1", "has no heading '## The rooms' with the table of rooms")
            return
        rows = self.rows_of_rooms(table)
        for target in self.targets.values():
            here = target.folder
            if here not in rows and not here.startswith("tests/"):
                self.say(target.place, f"`{here}` has no row in the table of {TABLE}")
            for other in self.neighbours(target):
                there = other.folder
                if here != there and here in rows and there in rows and rows[here] <= rows[there]:
                    self.say(table[rows[here]].place, f"`{here}` includes `{there}`, so it belongs below it")
        for index, row in enumerate(table):
            self.check_libraries(row, {room for room in rows if rows[room] == index})

    def check_libraries(self, row, rooms):
        here = [name for name, homes in self.homes.items() if homes & rooms]
        for column, expected in [("Only here", {name for name in here if self.homes[name] <= rooms}),
                                 ("Also elsewhere", {name for name in here if not self.homes[name] <= rooms})]:
            written = row.libraries.get(column, set())
            if written != expected:
                self.say(row.place, f"'{column}' of `{row.folders[0]}` is {listed(written)}; its files include "
                                    f"{listed(expected)}")


def check(root):
    house = House(root)
    house.check_sources()
    house.check_tests()
    house.check_includes()
    house.check_stale()
    house.check_circles()
    house.check_table()
    return house.wrong


if __name__ == "__main__":
    found = check(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2])
    print("\n".join(found) or "all rooms hold")
    sys.exit(1 if found else 0)
