"""Checks the rooms of this repository, and that each kind of mistake is found in a small example."""

import pathlib
import tempfile
import unittest

import rooms

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOUSE = {
    "CMakeLists.txt": "".join(f"add_subdirectory({room})\n" for room in (
        "agent", "agent/core", "collectors/decode", "collectors/tail", "collectors/parquet", "tests/agent/core")),
    "tests/agent/core/CMakeLists.txt": "leeway_test(core_test SOURCES value_test.cpp DEPS leeway_core)\n",
    "tests/agent/core/value_test.cpp": "",
    "ARCHITECTURE.md": """# A house
## The rooms

| Folder | Knows | Only here | Also elsewhere |
|---|---|---|---|
| `agent/core` | values | | |
| `collectors/decode` | bytes | simdjson | RE2 |
| `collectors/tail` | files | | RE2 |
| `collectors/parquet` | the module | Apache Arrow | |
| `agent/cli`, `agent/main.cpp` | everything | CLI11 | |

## Threads
""",
    "agent/CMakeLists.txt": """add_executable(leeway
  main.cpp cli/run.cpp)
target_link_libraries(leeway PRIVATE leeway_flags leeway_core leeway_tail CLI11::CLI11)
""",
    "agent/main.cpp": '#include "agent/cli/run.h"\n#include "agent/version.h"\n',
    "agent/version.h.in": "",
    "agent/cli/run.h": "",
    "agent/cli/run.cpp": '#include <CLI/CLI.hpp>\n#include "agent/core/value.h"\n#include "collectors/tail/tail.h"\n'
                         "void run() { PosixFileSystem files; }\n",
    "agent/core/CMakeLists.txt": "leeway_room(leeway_core\n  SOURCES\n    value.cpp\n  DEPS Threads::Threads)\n",
    "agent/core/value.h": "#include <string>\n",
    "agent/core/value.cpp": '#include "agent/core/value.h"\n\n#include <sys/stat.h>\n#include <unistd.h>\n',
    "collectors/decode/CMakeLists.txt": "leeway_room(leeway_decode\n  SOURCES decode.cpp\n  DEPS leeway_core  # not leeway_tail (a circle)\n"
                                        "  PRIVATE_DEPS PkgConfig::RE2 simdjson::simdjson)\n",
    "collectors/decode/decode.h": '#include "agent/core/value.h"\n',
    "collectors/decode/inside.h": "#include <simdjson.h>\n",
    "collectors/decode/decode.cpp": '#include "collectors/decode/inside.h"\n#include <re2/re2.h>\n',
    "collectors/tail/CMakeLists.txt": "leeway_room(leeway_tail SOURCES tail.cpp\n  DEPS PkgConfig::RE2\n"
                                      "  PRIVATE_DEPS leeway_decode)\n",
    "collectors/tail/tail.h": "#include <re2/re2.h>  // of PosixFileSystem, for example\n",
    "collectors/tail/tail.cpp": '#include "collectors/tail/tail.h"\n#include "collectors/decode/decode.h"\n',
    "collectors/parquet/CMakeLists.txt":
        "leeway_room(leeway_parquet_reader SOURCES reader.cpp DEPS leeway_core)\n"
        "add_library(leeway_parquet MODULE\n  module.cpp)\n"
        "target_link_libraries(leeway_parquet PRIVATE leeway_flags ${LEEWAY_ARROW_LIBRARIES})\n",
    "collectors/parquet/reader.cpp": '#include "agent/core/value.h"\n#include "collectors/parquet/module.h"\n',
    "collectors/parquet/module.h": "",
    "collectors/parquet/module.cpp": '#include "collectors/parquet/module.h"\n#include <parquet/arrow/reader.h>\n',
}


class RealRooms(unittest.TestCase):
    def test_they_hold(self):
        wrong = rooms.check(ROOT)
        if wrong:
            self.fail("\n" + "\n".join(wrong))


class PlantedMistakes(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        for name, text in HOUSE.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def change(self, name, old, new):
        self.assertIn(old, HOUSE[name])
        self.write(name, HOUSE[name].replace(old, new, 1))

    def plant(self, name, line):
        """As the first line of the file."""
        self.write(name, line + "\n" + HOUSE[name])

    def expect(self, *wrong):
        self.assertEqual(sorted(wrong), sorted(rooms.check(self.root)))

    def test_a_house_without_mistakes(self):
        self.expect()

    def test_an_include_of_a_room_that_is_not_named(self):
        # CMake would accept it: decode, which tail names, has core in its DEPS.
        self.plant("collectors/tail/tail.cpp", '#include "agent/core/value.h"')
        self.expect("collectors/tail/tail.cpp:1: includes agent/core/value.h of leeway_core; leeway_tail does not name "
                    "it. Allowed here: PkgConfig::RE2, leeway_decode. Name it in "
                    "collectors/tail/CMakeLists.txt if its row in ARCHITECTURE.md is above, or move the code")

    def test_an_include_in_angle_brackets_is_no_way_out(self):
        self.plant("collectors/decode/decode.h", "#include <collectors/tail/tail.h>")
        self.expect("collectors/decode/decode.h:1: includes collectors/tail/tail.h of leeway_tail; leeway_decode does "
                    "not name it. Allowed here: leeway_core. Name it in "
                    "collectors/decode/CMakeLists.txt if its row in ARCHITECTURE.md is above, or move the code")

    def test_a_header_that_others_include_must_do_with_deps(self):
        self.plant("collectors/tail/tail.h", '#include "collectors/decode/decode.h"')
        self.expect("collectors/tail/tail.h:1: includes collectors/decode/decode.h of leeway_decode; leeway_tail names "
                    "it only in PRIVATE_DEPS, but other rooms include this header. Allowed here: PkgConfig::RE2. Name it in "
                    "collectors/tail/CMakeLists.txt if its row in ARCHITECTURE.md is above, or move the code")

    def test_a_header_that_such_a_header_includes_must_as_well(self):
        self.plant("collectors/decode/decode.h", '#include "collectors/decode/inside.h"')
        self.expect("collectors/decode/inside.h:1: includes simdjson.h of simdjson::simdjson; leeway_decode names it "
                    "only in PRIVATE_DEPS, but other rooms include this header. Allowed here: leeway_core. Name it in "
                    "collectors/decode/CMakeLists.txt if its row in ARCHITECTURE.md is above, or move the code")

    def test_a_library_outside_its_rooms(self):
        self.plant("collectors/tail/tail.cpp", "#include <simdjson.h>")
        self.expect("collectors/tail/tail.cpp:1: includes simdjson.h of simdjson::simdjson; leeway_tail does not name "
                    "it. Allowed here: PkgConfig::RE2, leeway_decode. Name it in "
                    "collectors/tail/CMakeLists.txt if its row in ARCHITECTURE.md is above, or move the code",
                    "ARCHITECTURE.md:7: 'Only here' of `collectors/decode` is simdjson; its files include nothing",
                    "ARCHITECTURE.md:7: 'Also elsewhere' of `collectors/decode` is RE2; its files include RE2, "
                    "simdjson",
                    "ARCHITECTURE.md:8: 'Also elsewhere' of `collectors/tail` is RE2; its files include RE2, simdjson")

    def test_a_library_of_the_module_in_the_room_beside_it(self):
        self.plant("collectors/parquet/reader.cpp", "#include <arrow/type.h>")
        self.expect("collectors/parquet/reader.cpp:1: includes arrow/type.h of ${LEEWAY_ARROW_LIBRARIES}; "
                    "leeway_parquet_reader does not name it. Allowed here: leeway_core. Name it in "
                    "collectors/parquet/CMakeLists.txt if its row in ARCHITECTURE.md is above, or move the code")

    def test_a_library_that_nobody_knows(self):
        self.plant("agent/core/value.h", "#include <absl/strings/cord.h>")
        self.expect("agent/core/value.h:1: <absl/strings/cord.h> belongs to no library in tests/rooms/declared.py; "
                    "add it there")

    def test_a_path_that_does_not_begin_at_the_root(self):
        self.plant("agent/core/value.cpp", '#include "value.h"')
        self.expect('agent/core/value.cpp:1: "value.h" is not a file of a room; write the path from the root of the '
                    "repository, ending in .h, and a library's header with <>")

    def test_a_name_that_nobody_uses(self):
        self.change("collectors/tail/CMakeLists.txt", "DEPS", "DEPS leeway_core spdlog::spdlog")
        place = "collectors/tail/CMakeLists.txt:1"
        self.expect(f"{place}: leeway_tail names leeway_core, but none of its files includes it",
                    f"{place}: leeway_tail names spdlog::spdlog, but none of its files includes it")

    def test_a_circle(self):
        self.change("collectors/decode/CMakeLists.txt", "DEPS", "DEPS leeway_tail")
        self.plant("collectors/decode/decode.h", '#include "collectors/tail/tail.h"')
        self.expect("collectors/tail/CMakeLists.txt:1: a cycle: leeway_tail -> leeway_decode -> leeway_tail. "
                    "It may include only rooms above it in ARCHITECTURE.md",
                    "ARCHITECTURE.md:7: `collectors/decode` includes `collectors/tail`, so it belongs below it")

    def test_a_row_out_of_order(self):
        rows = HOUSE["ARCHITECTURE.md"].splitlines(keepends=True)
        rows[6], rows[7] = rows[7], rows[6]
        self.write("ARCHITECTURE.md", "".join(rows))
        self.expect("ARCHITECTURE.md:7: `collectors/tail` includes `collectors/decode`, so it belongs below it")

    def test_a_room_without_a_row_and_a_row_without_a_room(self):
        self.change("ARCHITECTURE.md", "`agent/core`", "`agent/care`")
        self.expect("ARCHITECTURE.md:6: `agent/care` is not a room",
                    "agent/core/CMakeLists.txt:1: `agent/core` has no row in the table of ARCHITECTURE.md")

    def test_two_rows_for_one_room(self):
        self.change("ARCHITECTURE.md", "`agent/cli`, `agent/main.cpp` | everything | CLI11 |",
                    "`agent/cli` | commands | CLI11 | |\n| `agent/main.cpp` | everything | |")
        self.expect("ARCHITECTURE.md:11: `agent` already has a row, ARCHITECTURE.md:10")

    def test_one_row_for_the_rooms_of_a_folder(self):
        self.change("ARCHITECTURE.md", "`collectors/parquet` |", "`collectors/*` |")
        self.expect()
        self.change("ARCHITECTURE.md", "| `collectors/tail` | files | | RE2 |\n| `collectors/parquet` | the module | Apache "
                                       "Arrow | |", "| `collectors/*` | files | Apache Arrow | RE2 |")
        self.expect()
        self.change("ARCHITECTURE.md", "| `collectors/decode` | bytes | simdjson | RE2 |\n| `collectors/tail` | files | | "
                                       "RE2 |\n| `collectors/parquet` | the module | Apache Arrow | |",
                    "| `collectors/*` | inputs | Apache Arrow, RE2, simdjson | |")
        self.expect("ARCHITECTURE.md:7: `collectors/tail` includes `collectors/decode`, so it belongs below it")

    def test_a_row_with_a_library_that_is_gone(self):
        self.change("ARCHITECTURE.md", "| files | |", "| files | zlib |")
        self.expect("ARCHITECTURE.md:8: 'Only here' of `collectors/tail` is zlib; its files include nothing")

    def test_a_room_that_makes_its_file_system(self):
        self.plant("collectors/tail/tail.cpp", "PosixFileSystem files;")
        self.expect("collectors/tail/tail.cpp:1: creates a PosixFileSystem; only agent/cli may, a room uses the "
                    "FileSystem of its caller")

    def test_a_source_that_nobody_compiles(self):
        self.write("collectors/tail/left.cpp", "")
        self.expect("collectors/tail/left.cpp:1: no target compiles it; name it in the CMakeLists.txt of its room")

    def test_a_test_that_is_never_built(self):
        built = "is never built; name it in the CMakeLists.txt of its folder, and the folder in the one above"
        self.write("tests/agent/core/left_test.cpp", "")
        self.write("tests/fuzz/left_fuzzer.cpp", "")
        self.expect(f"tests/agent/core/left_test.cpp:1: {built}", f"tests/fuzz/left_fuzzer.cpp:1: {built}")

    def test_a_room_that_the_build_does_not_reach(self):
        self.change("CMakeLists.txt", "add_subdirectory(collectors/tail)\n", "")
        self.expect("collectors/tail/CMakeLists.txt:1: the build does not reach it; add_subdirectory() of "
                    "`collectors/tail` is missing")

    def test_a_room_outside_the_known_folders(self):
        self.change("CMakeLists.txt", "add_subdirectory(agent)", "add_subdirectory(agent)\nadd_subdirectory(store)")
        self.write("store/CMakeLists.txt", "LEEWAY_ROOM(leeway_store SOURCES a.cpp)\n")
        self.expect("store/CMakeLists.txt:1: a room outside agent, collectors, dashboards, exporters, rules, "
                    "tests/support; name its folder in tests/rooms/declared.py")

    def test_a_folder_that_is_no_room(self):
        self.write("agent/new/a.h", "#include <string>\n")
        self.write("exporters/new/a.h", "#include <simdjson.h>\n")
        missing = "CMakeLists.txt:1: is missing: no target compiles a file of this folder"
        self.expect(f"agent/new/{missing}", f"exporters/new/{missing}")

    def test_a_source_with_another_ending_and_one_of_another_folder(self):
        self.write("collectors/tail/extra.cc", "#include <simdjson.h>\n")
        self.change("collectors/tail/CMakeLists.txt", "SOURCES tail.cpp", "SOURCES tail.cpp ../decode/decode.cpp")
        self.expect("collectors/tail/extra.cc:1: headers end in .h and sources in .cpp",
                    "collectors/tail/CMakeLists.txt:1: leeway_tail compiles ../decode/decode.cpp of another folder")

    def test_includes_that_only_a_compiler_understands(self):
        for line in ("#include NAME", "#/**/include <simdjson.h>", "/* x */ #include <simdjson.h>", "#include \\",
                     "#import <simdjson.h>", "#include_next <simdjson.h>", "%:include <simdjson.h>",
                     "\ufeff#include <simdjson.h>", "#include /**/ <simdjson.h>"):
            with self.subTest(line):
                self.plant("collectors/tail/tail.cpp", line)
                self.expect("collectors/tail/tail.cpp:1: an include that only a compiler understands; write "
                            '#include "..." or #include <...> at the start of the line')

    def test_a_header_of_the_module_that_brings_its_library(self):
        self.write("collectors/parquet/module.h", '#include "collectors/parquet/types.h"\n')
        self.write("collectors/parquet/types.h", "#include <arrow/type.h>\n")
        self.change("collectors/parquet/CMakeLists.txt", "module.cpp", "module.cpp types.cpp")
        self.write("collectors/parquet/types.cpp", "")
        self.expect("collectors/parquet/reader.cpp:2: includes collectors/parquet/module.h, and with it arrow/type.h of "
                    "${LEEWAY_ARROW_LIBRARIES}; leeway_parquet_reader does not name it")

    def test_a_room_that_opens_files(self):
        for line in ("#include <fstream>", 'std::ifstream in("a");', 'int file = ::open("a", 0);',
                     'bool there = std::filesystem::exists("a");'):
            with self.subTest(line):
                self.plant("collectors/tail/tail.cpp", line)
                self.expect("collectors/tail/tail.cpp:1: opens files of its own; a room uses the FileSystem of its caller")

    def test_what_is_neither_a_room_nor_a_library(self):
        for header in ("eigen", "math.h", "tools/x.h", "gtest/gtest.h", "./agent/core/value.h", "sys/simdjson.h"):
            with self.subTest(header):
                self.plant("collectors/tail/tail.cpp", f"#include <{header}>")
                self.assertEqual(1, len(rooms.check(self.root)))

    def test_a_keyword_that_is_left_out(self):
        self.write("agent/core/CMakeLists.txt", HOUSE["agent/core/CMakeLists.txt"] +
                   "target_link_libraries(leeway_core leeway_tail)\n")
        self.assertIn("agent/core/CMakeLists.txt:1: leeway_core names leeway_tail, but none of its files includes it",
                      rooms.check(self.root))

    def test_a_document_without_the_table(self):
        self.change("ARCHITECTURE.md", "## The rooms", "## Rooms")
        self.expect("ARCHITECTURE.md:1: has no heading '## The rooms' with the table of rooms")


if __name__ == "__main__":
    unittest.main()
