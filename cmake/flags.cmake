# Every compile and link option of the project, in one INTERFACE target that all of our targets link.
# tests/flags_test.py verifies that they reach the compile commands.
add_library(leeway_flags INTERFACE)
target_include_directories(leeway_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(leeway_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -fstack-protector-strong -fno-omit-frame-pointer -pthread
  $<IF:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>,-fPIC,-fPIE>)
target_compile_definitions(leeway_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(leeway_flags INTERFACE
  $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie> -pthread -Wl,-z,relro,-z,now)

if(LEEWAY_WERROR)
  target_compile_options(leeway_flags INTERFACE -Werror)
endif()
if(LEEWAY_SANITIZE)
  target_compile_options(leeway_flags INTERFACE -fsanitize=${LEEWAY_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(leeway_flags INTERFACE -fsanitize=${LEEWAY_SANITIZE})
else()
  # FORTIFY needs optimisation and interferes with the sanitizers.
  target_compile_options(leeway_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=2>)
endif()
if(LEEWAY_COVERAGE)
  target_compile_options(leeway_flags INTERFACE --coverage)
  target_link_options(leeway_flags INTERFACE --coverage)
endif()
