# One set of flags for every target: warnings are errors, floating point is exact.
add_library(segmentd_flags INTERFACE)
target_compile_options(segmentd_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
  -ffp-contract=off -fno-fast-math)
# g++ 12 takes the empty state of a std::optional for an uninitialised one (GCC bug 105562 and kin).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(segmentd_flags INTERFACE -Wno-maybe-uninitialized)
endif()
target_compile_definitions(segmentd_flags INTERFACE
  SEGMENTD_VERSION="${PROJECT_VERSION}" BOOST_MATH_NO_LONG_DOUBLE_MATH_FUNCTIONS)
target_include_directories(segmentd_flags INTERFACE ${CMAKE_SOURCE_DIR})

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

set(SEGMENTD_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined or thread")
if(SEGMENTD_SANITIZE)
  add_compile_options(-fsanitize=${SEGMENTD_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${SEGMENTD_SANITIZE})
endif()
