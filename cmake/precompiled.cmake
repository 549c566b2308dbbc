# What rooms and tests include most, none of it bound to a room.
set(LEEWAY_PRECOMPILED_room
  <algorithm> <array> <bit> <charconv> <chrono> <cmath> <cstdint> <cstdio> <cstring> <functional> <limits> <map> <memory>
  <numeric> <optional> <set> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector>)
set(LEEWAY_PRECOMPILED_fuzzed_room ${LEEWAY_PRECOMPILED_room})
set(LEEWAY_PRECOMPILED_test ${LEEWAY_PRECOMPILED_room} <gmock/gmock.h> <gtest/gtest.h>)

# leeway_precompile(TARGET room|fuzzed_room|test LIBRARIES...): compiles those headers, which need the libraries, once for all targets
# of this kind and the same optimisation. Only in the presets that compile a room as one file; `cmake --preset dev` and
# tests/compile_alone.py show a header that a file does not include itself.
function(leeway_precompile target kind)
  if(NOT CMAKE_UNITY_BUILD)
    return()
  endif()
  set(owner leeway_precompiled_${kind})
  if(target IN_LIST LEEWAY_OPTIMIZED_TARGETS)
    string(APPEND owner _optimized)
  endif()
  if(target IN_LIST LEEWAY_SMALL_TARGETS)
    string(APPEND owner _small)
  endif()
  if(NOT TARGET ${owner})
    add_library(${owner} STATIC ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
    target_link_libraries(${owner} PRIVATE leeway_flags ${ARGN})
    target_precompile_headers(${owner} PRIVATE ${LEEWAY_PRECOMPILED_${kind}})
    # Compilers accept precompiled headers only with the options that they were compiled with.
    get_target_property(options ${target} COMPILE_OPTIONS)
    if(options)
      target_compile_options(${owner} PRIVATE ${options})
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
      # Without the time, or ccache would find nothing that includes it.
      target_compile_options(${owner} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()
