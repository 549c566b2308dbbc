# Where unit tests and fuzz targets spend their time: optimised in Debug builds as well, which saves more than it costs.
set(LEEWAY_OPTIMIZED_TARGETS
  leeway_core leeway_decode leeway_expressions leeway_promql leeway_sketches leeway_tail leeway_text
  leeway_monitors_drift sketches_test drift_test)

# What people start, and no record or scrape passes: compiled for size in Release builds, a megabyte of ten less.
set(LEEWAY_SMALL_TARGETS
  leeway leeway_alerts leeway_config leeway_dashboards leeway_init leeway_panels leeway_preview leeway_promql leeway_rules
  leeway_sampling leeway_schema leeway_web_config)

# What the targets of tests/fuzz link, instrumented for coverage.
set(LEEWAY_FUZZED_ROOMS
  leeway_collectors leeway_config leeway_core leeway_decode leeway_expressions leeway_files leeway_http
  leeway_parquet_reader leeway_pipeline leeway_prometheus leeway_promql leeway_records leeway_sampling leeway_stream leeway_tail
  leeway_text leeway_web_config)

function(leeway_optimize target)
  if(target IN_LIST LEEWAY_OPTIMIZED_TARGETS)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Debug>:-O1>)
  endif()
  if(target IN_LIST LEEWAY_SMALL_TARGETS)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-Os>)
  endif()
endfunction()

# leeway_room(NAME SOURCES a.cpp... DEPS targets... PRIVATE_DEPS targets...): one folder, one static library. Its files
# include only the rooms and packages named here, headers for other rooms only DEPS; tests/rooms fails on any other.
function(leeway_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${ROOM_SOURCES})
  target_link_libraries(${name} PUBLIC leeway_flags ${ROOM_DEPS} PRIVATE ${ROOM_PRIVATE_DEPS})
  set(kind room)
  if(LEEWAY_BUILD_FUZZ AND name IN_LIST LEEWAY_FUZZED_ROOMS)
    set(kind fuzzed_room)
    # Coverage for libFuzzer, without its main(), so that tests and fuzz targets link the same libraries.
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  leeway_optimize(${name})
  leeway_precompile(${name} ${kind})
endfunction()

# leeway_test(NAME SOURCES a_test.cpp... DEPS targets... [SHARDS count]): one executable of unit tests for a room. SHARDS:
# how many processes run it in parallel, for a room with slow tests; NAME is then the prefix of their entries.
function(leeway_test name)
  cmake_parse_arguments(TEST "" "SHARDS" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE leeway_flags ${TEST_DEPS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE LEEWAY_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  leeway_optimize(${name})
  leeway_precompile(${name} test GTest::gmock)
  # One ctest entry per room: most tests take well under a second, less than it takes to start a process for each. Each
  # writes its report to reports/.
  set(report GTEST_OUTPUT=xml:${PROJECT_BINARY_DIR}/reports)
  if(NOT TEST_SHARDS)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300 ENVIRONMENT ${report}/${name}.xml)
    return()
  endif()
  foreach(shard RANGE 1 ${TEST_SHARDS})
    math(EXPR index "${shard} - 1")
    add_test(NAME ${name}_${shard} COMMAND ${name})
    # COST: the slow ones start first.
    set_tests_properties(${name}_${shard} PROPERTIES LABELS unit TIMEOUT 300 COST 10
      ENVIRONMENT "${report}/${name}_${shard}.xml;GTEST_TOTAL_SHARDS=${TEST_SHARDS};GTEST_SHARD_INDEX=${index}")
  endforeach()
endfunction()
