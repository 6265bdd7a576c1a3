# base <- rules <- experiments <- engine <- daemon; each library sees only those before it.
function(segmentd_layer name)
  cmake_parse_arguments(ARG "" "" "FOLDERS;EXCLUDE;LINK" ${ARGN})
  set(sources)
  foreach(folder ${ARG_FOLDERS})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  foreach(pattern ${ARG_EXCLUDE})
    list(FILTER sources EXCLUDE REGEX ${pattern})
  endforeach()
  add_library(segmentd_${name} STATIC ${sources})
  target_link_libraries(segmentd_${name} PUBLIC segmentd_flags ${ARG_LINK})
endfunction()

segmentd_layer(base FOLDERS base
  LINK Boost::json fmt::fmt OpenSSL::Crypto PkgConfig::SODIUM PkgConfig::XXHASH)
segmentd_layer(rules FOLDERS rules
  LINK segmentd_base PkgConfig::YAMLCPP PkgConfig::RE2 Eigen3::Eigen)
segmentd_layer(experiments FOLDERS experiments
  LINK segmentd_rules)
segmentd_layer(engine FOLDERS daemon/engine
  LINK segmentd_experiments)
segmentd_layer(daemon FOLDERS daemon
  EXCLUDE "/daemon/engine/" "/daemon/segmentd\\.cpp$" "/daemon/segmentctl\\.cpp$"
  LINK segmentd_engine ${SQLITECPP_LIBRARY} ${CSV_LIBRARY} SQLite::SQLite3 spdlog::spdlog
       OpenSSL::SSL ZLIB::ZLIB PkgConfig::SYSTEMD date::date-tz Boost::url Threads::Threads)
target_compile_definitions(segmentd_daemon PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_BEAST_SEPARATE_COMPILATION)

foreach(program segmentd segmentctl)
  add_executable(${program} daemon/${program}.cpp)
  target_link_libraries(${program} PRIVATE segmentd_daemon)
endforeach()
