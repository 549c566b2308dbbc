# leeway_room(NAME SOURCES a.cpp... DEPS targets... PRIVATE_DEPS targets...): one folder, one static library. Its files
# include only the rooms and packages that stand here, headers for other rooms only DEPS; tests/rooms fails on any other.
function(leeway_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(${name} PUBLIC leeway_flags ${ROOM_DEPS} PRIVATE ${ROOM_PRIVATE_DEPS})
endfunction()

# leeway_test(NAME SOURCES a_test.cpp... DEPS targets...): one executable of unit tests for a room.
function(leeway_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE leeway_flags ${TEST_DEPS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE LEEWAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  # One ctest entry a room: the tests of a room take well under a second each, starting a process for each would not.
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()
