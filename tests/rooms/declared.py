"""What CMake and the table in ARCHITECTURE.md declare about rooms and libraries. Used by rooms.py."""

import dataclasses
import pathlib
import re

FOLDERS = ["agent", "collectors", "dashboards", "exporters", "rules", "tests/support"]
TABLE = "ARCHITECTURE.md"
# Named in CMake for linking, not for including.
WITHOUT_HEADERS = {"Threads::Threads", "${CMAKE_DL_LIBS}", "leeway_flags"}
# A library's name in ARCHITECTURE.md, its target in CMake, the prefixes of its headers.
LIBRARIES = [
    ("Apache Arrow", "${LEEWAY_ARROW_LIBRARIES}", ("arrow/", "parquet/")),
    ("Asio", "Boost::headers", ("boost/asio",)),
    ("Beast", "Boost::headers", ("boost/beast", "boost/optional")),
    ("CLI11", "CLI11::CLI11", ("CLI/",)),
    ("cpp-httplib", "PkgConfig::HTTPLIB", ("httplib",)),
    ("date", "date::date", ("date/date.h",)),
    ("date", "date::date-tz", ("date/",)),
    ("Eigen", "Eigen3::Eigen", ("Eigen/",)),
    ("fmt", "fmt::fmt", ("fmt/",)),
    ("nlohmann-json", "nlohmann_json::nlohmann_json", ("nlohmann/",)),
    ("OpenSSL", "OpenSSL::SSL", ("openssl/",)),
    ("prometheus-cpp", "PkgConfig::PROMETHEUS_CPP", ("prometheus/",)),
    ("libcrypt", "PkgConfig::CRYPT", ("crypt.h",)),
    ("libsodium", "PkgConfig::SODIUM", ("sodium",)),
    ("RE2", "PkgConfig::RE2", ("re2/",)),
    ("simdjson", "simdjson::simdjson", ("simdjson",)),
    ("spdlog", "spdlog::spdlog", ("spdlog/",)),
    ("SQLite", "PkgConfig::SQLITE", ("sqlite3",)),
    ("toml++", "tomlplusplus::tomlplusplus", ("toml",)),
    ("xxHash", "PkgConfig::XXHASH", ("xxh",)),
    ("yaml-cpp", "PkgConfig::YAML_CPP", ("yaml-cpp/",)),
    ("zlib", "ZLIB::ZLIB", ("zlib",)),
    ("zstd", "PkgConfig::ZSTD", ("zstd",)),
]


def library_of(header):
    """The name and the target of the library that has the header, or None."""
    return next(((name, target) for name, target, prefixes in LIBRARIES if header.startswith(prefixes)), None)


@dataclasses.dataclass
class Target:
    name: str
    folder: str
    line: int  # of its CMakeLists.txt
    sources: list[str]
    public: list[str]  # DEPS
    private: list[str]  # PRIVATE_DEPS, and everything that an executable or a module links

    @property
    def place(self):
        return f"{self.folder}/CMakeLists.txt:{self.line}"

    @property
    def named(self):
        return self.public + self.private


@dataclasses.dataclass
class Row:
    place: str
    folders: list[str]
    libraries: dict[str, set[str]]  # by column


def cmake_commands(text):
    """The line, the name (in lower case, as CMake ignores it) and the words of each command."""
    text = re.sub(r"#.*", "", text)
    for match in re.finditer(r"(\w+)\s*\(([^()]*)\)", text):
        yield text.count("\n", 0, match.start()) + 1, match[1].lower(), match[2].split()


def parts_of(words, keywords):
    """The words after each keyword; those before the first keyword are under ''."""
    parts, keyword = {name: [] for name in ["", *keywords]}, ""
    for word in words:
        if word in keywords:
            keyword = word
        else:
            parts[keyword].append(word)
    return parts


def read_targets(root):
    targets = {}
    for lists in sorted(path for folder in FOLDERS for path in (root / folder).rglob("CMakeLists.txt")):
        folder = lists.parent.relative_to(root).as_posix()
        for line, command, words in cmake_commands(lists.read_text()):
            parts = parts_of(words, ["SOURCES", "DEPS", "PRIVATE_DEPS", "PUBLIC", "PRIVATE", "MODULE"])
            name = words[0] if words else ""
            if command == "leeway_room":
                targets[name] = Target(name, folder, line, parts["SOURCES"], parts["DEPS"], parts["PRIVATE_DEPS"])
            elif command == "add_executable" or command == "add_library" and "MODULE" in words:
                targets[name] = Target(name, folder, line, parts["MODULE"] or parts[""][1:], [], [])
            elif command == "target_link_libraries" and name in targets:
                targets[name].public += parts["PUBLIC"] + parts[""][1:]
                targets[name].private += parts["PRIVATE"]
    return targets


def added_folders(root):
    """The folders that the build reaches, from the root on."""
    reached, waiting = set(), ["."]
    while waiting:
        folder = waiting.pop()
        lists = root / folder / "CMakeLists.txt"
        if folder not in reached and lists.exists():
            reached.add(folder)
            waiting += [(pathlib.PurePath(folder) / words[0]).as_posix()
                        for _, command, words in cmake_commands(lists.read_text()) if command == "add_subdirectory"]
    return reached


def rooms_elsewhere(root, reached):
    """The CMakeLists.txt with a room outside FOLDERS, in folders that the build reaches."""
    for folder in sorted(reached):
        lists = root / folder / "CMakeLists.txt"
        if not f"{folder}/".startswith(tuple(f"{name}/" for name in FOLDERS)) and \
                any(command == "leeway_room" for _, command, _ in cmake_commands(lists.read_text())):
            yield lists.relative_to(root).as_posix()


def read_table(root):
    """The rows of the table below '## The rooms', in order; None if there is no such heading."""
    rows, columns = [], []
    section = re.search(r"^## The rooms$.*?(?=^## |\Z)", (root / TABLE).read_text(), re.MULTILINE | re.DOTALL)
    if section is None:
        return None
    first = section.string.count("\n", 0, section.start()) + 1
    for number, line in enumerate(section[0].splitlines(), first):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| Folder"):
            columns = cells[2:]
        elif line.startswith("| `"):
            libraries = [{name.strip() for name in cell.split(",") if name.strip()} for cell in cells[2:]]
            rows.append(Row(f"{TABLE}:{number}", re.findall(r"`([^`]+)`", cells[0]), dict(zip(columns, libraries))))
    return rows
