# Apache Arrow with Parquet, only for collectors/parquet: the system's (21 or newer), else that of the pyarrow wheel,
# where deploy/install-arrow.sh puts it or where Python finds it. Sets LEEWAY_ARROW_LIBRARIES to targets, empty if there
# are none, LEEWAY_ARROW_BUNDLED to the libraries to install next to the module, and LEEWAY_ARROW_LICENSES to theirs.
set(LEEWAY_PYARROW_DIR "${PROJECT_SOURCE_DIR}/build/arrow/pyarrow" CACHE PATH
  "The folder of the pyarrow package, with include/ and libarrow.so.*")
set(LEEWAY_ARROW_LIBRARIES "")
set(LEEWAY_ARROW_BUNDLED "")
set(LEEWAY_ARROW_LICENSES "")

# Sets `result` to the only library NAME.so.MAJOR in `folder`, or to nothing.
function(leeway_find_arrow_library folder name result)
  file(GLOB found "${folder}/lib${name}.so.[0-9][0-9][0-9][0-9]")
  list(LENGTH found count)
  if(NOT count EQUAL 1)
    set(found "")
  endif()
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

function(leeway_use_pyarrow folder)
  leeway_find_arrow_library("${folder}" arrow arrow)
  leeway_find_arrow_library("${folder}" parquet parquet)
  if(NOT arrow OR NOT parquet OR NOT EXISTS "${folder}/include/parquet/arrow/reader.h")
    return()
  endif()
  add_library(leeway_arrow SHARED IMPORTED)
  set_target_properties(leeway_arrow PROPERTIES
    IMPORTED_LOCATION "${arrow}" INTERFACE_INCLUDE_DIRECTORIES "${folder}/include")
  add_library(leeway_arrow_parquet SHARED IMPORTED)
  set_target_properties(leeway_arrow_parquet PROPERTIES
    IMPORTED_LOCATION "${parquet}" INTERFACE_LINK_LIBRARIES leeway_arrow)
  set(LEEWAY_ARROW_LIBRARIES leeway_arrow_parquet leeway_arrow PARENT_SCOPE)
  set(LEEWAY_ARROW_BUNDLED "${arrow}" "${parquet}" PARENT_SCOPE)
  file(GLOB licenses "${folder}/../pyarrow-*.dist-info/licenses/*.txt")
  set(LEEWAY_ARROW_LICENSES "${licenses}" PARENT_SCOPE)
  message(STATUS "Parquet: Apache Arrow of ${folder}")
endfunction()

find_package(Arrow CONFIG QUIET)
find_package(Parquet CONFIG QUIET)
if(TARGET Arrow::arrow_shared AND TARGET Parquet::parquet_shared AND ARROW_VERSION VERSION_GREATER_EQUAL 21)
  set(LEEWAY_ARROW_LIBRARIES Parquet::parquet_shared Arrow::arrow_shared)
  message(STATUS "Parquet: Apache Arrow ${ARROW_VERSION} of the system")
else()
  leeway_use_pyarrow("${LEEWAY_PYARROW_DIR}")
endif()
if(NOT LEEWAY_ARROW_LIBRARIES)
  find_program(LEEWAY_PYTHON python3)
  if(LEEWAY_PYTHON)
    execute_process(COMMAND "${LEEWAY_PYTHON}" -c "import os, pyarrow; print(os.path.dirname(pyarrow.__file__))"
      OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(folder)
      leeway_use_pyarrow("${folder}")
    endif()
  endif()
endif()
if(NOT LEEWAY_ARROW_LIBRARIES)
  message(STATUS "Parquet: no Apache Arrow, so no libleeway_parquet.so (deploy/install-arrow.sh installs it)")
endif()
