# One static library per room. Every .cpp of a room's folder is in the build (tests apart); nothing is listed twice.
set(KONTOR_ALL_ROOMS "")

function(kontor_includes target)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
endfunction()

function(kontor_settings target)
  kontor_includes(${target})
  target_precompile_headers(${target} REUSE_FROM kontor_pch)
  if(KONTOR_TOGETHER STREQUAL "all")
    kontor_together(${target})
  endif()
endfunction()

# Compiles the sources of a target several at a time, those of a folder with each other.
function(kontor_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # A type of a source's own is everybody's there, if headers could be told from sources.
  target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  get_target_property(sources ${target} SOURCES)
  list(SORT sources)
  foreach(source ${sources})
    get_filename_component(folder ${source} DIRECTORY)
    file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} ${folder})
    string(MAKE_C_IDENTIFIER "${folder}" group)
    if(NOT DEFINED count_${group})
      set(count_${group} 0)
    endif()
    math(EXPR part "${count_${group}} / 10")
    math(EXPR count_${group} "${count_${group}} + 1")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP "${group}_${part}")
  endforeach()
endfunction()

# Sources of a folder: *.cpp without *_test.cpp; with RECURSE also below.
function(kontor_sources out folder)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER found EXCLUDE REGEX "_test\\.cpp$")
  if(NOT folder MATCHES "/main$")
    list(FILTER found EXCLUDE REGEX "/main/main\\.cpp$")
  endif()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# Turns <folder>/migrations/NNNN_name.sql into a source that defines `std::span<const db::Migration> <name>_migrations()`.
# The first line of each script says its home: "-- home: customer".
function(kontor_migrations out folder name)
  file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/migrations/*.sql)
  if(NOT scripts)
    set(${out} "" PARENT_SCOPE)
    return()
  endif()
  list(SORT scripts)
  set(rows "")
  foreach(script ${scripts})
    set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${script})
    get_filename_component(stem ${script} NAME_WE)
    if(NOT stem MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
      message(FATAL_ERROR "${script}: a migration is named 0001_what_it_does.sql")
    endif()
    set(number ${CMAKE_MATCH_1})
    set(label ${CMAKE_MATCH_2})
    string(REGEX REPLACE "^0+" "" number ${number})
    file(READ ${script} text)
    if(NOT text MATCHES "^-- home: (customer|stock|catalog|global|telemetry|every)\n")
      message(FATAL_ERROR "${script}: the first line must be '-- home: customer|stock|catalog|global|telemetry|every'")
    endif()
    string(SUBSTRING ${CMAKE_MATCH_1} 0 1 first)
    string(TOUPPER ${first} first)
    string(SUBSTRING ${CMAKE_MATCH_1} 1 -1 rest)
    string(APPEND rows "    {\"${name}\", ${number}, \"${label}\", db::Home::k${first}${rest}, R\"sql(${text})sql\"},\n")
  endforeach()
  set(file ${CMAKE_BINARY_DIR}/migrations/${name}_migrations.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT "// Made from ${folder}/migrations/.
#include <span>

#include \"ports/db.h\"

namespace kontor {
std::span<const db::Migration> ${name}_migrations();
std::span<const db::Migration> ${name}_migrations() {
  static const db::Migration kMigrations[] = {
@rows@  };
  return kMigrations;
}
}  // namespace kontor
" @ONLY)
  set(${out} ${file} PARENT_SCOPE)
endfunction()

# room(adapters/db_sqlite NEEDS ports runtime PACKAGES PkgConfig::SQLITE): the library `db_sqlite` of src/adapters/db_sqlite.
function(room path)
  cmake_parse_arguments(ARG "" "ROOT" "NEEDS;PACKAGES" ${ARGN})
  get_filename_component(name ${path} NAME)
  if(ARG_ROOT)
    set(folder ${ARG_ROOT})
  else()
    set(folder src/${path})
  endif()
  kontor_sources(sources ${folder})
  kontor_migrations(migrations ${folder} ${name})
  if(sources OR migrations)
    add_library(${name} STATIC ${sources} ${migrations})
    kontor_settings(${name})
    target_link_libraries(${name} PUBLIC ${ARG_NEEDS} ${ARG_PACKAGES})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ARG_NEEDS} ${ARG_PACKAGES})
  endif()
  if(NOT ARG_ROOT)
    set(KONTOR_ALL_ROOMS ${KONTOR_ALL_ROOMS} ${name} PARENT_SCOPE)
  endif()
endfunction()

# shop_module(cart CALLS showcase pricing inventory): the library `shop_cart` of src/shop/cart.
function(shop_module name)
  cmake_parse_arguments(ARG "" "" "CALLS" ${ARGN})
  set(needs services ports runtime base)
  foreach(other ${ARG_CALLS})
    list(APPEND needs shop_${other})
  endforeach()
  kontor_sources(sources src/shop/${name})
  kontor_migrations(migrations src/shop/${name} ${name})
  if(sources OR migrations)
    add_library(shop_${name} STATIC ${sources} ${migrations})
    kontor_settings(shop_${name})
    target_link_libraries(shop_${name} PUBLIC ${needs})
  else()
    add_library(shop_${name} INTERFACE)
    target_link_libraries(shop_${name} INTERFACE ${needs})
  endif()
  set(KONTOR_ALL_ROOMS ${KONTOR_ALL_ROOMS} shop_${name} PARENT_SCOPE)
endfunction()

# program(kontor src/app NEEDS …): an executable of a folder that has a main.cpp.
function(program name folder)
  cmake_parse_arguments(ARG "" "" "NEEDS" ${ARGN})
  kontor_sources(sources ${folder})
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  kontor_settings(${name})
  target_link_libraries(${name} PRIVATE ${ARG_NEEDS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

# tests(kontor-unit UNIT …): all *_test.cpp below src/ and sim/. tests(x DIRECTORY d …): all *.cpp of a folder.
function(tests name)
  cmake_parse_arguments(ARG "UNIT" "DIRECTORY" "NEEDS" ${ARGN})
  if(ARG_UNIT)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*_test.cpp ${CMAKE_SOURCE_DIR}/sim/*_test.cpp)
    if(KONTOR_UNIT_FILTER)  # while working on one room: -DKONTOR_UNIT_FILTER=src/runtime/ "-DKONTOR_UNIT_NEEDS=runtime;base"
      list(FILTER sources INCLUDE REGEX "${KONTOR_UNIT_FILTER}")
      set(ARG_NEEDS ${KONTOR_UNIT_NEEDS})
    endif()
  else()
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${ARG_DIRECTORY}/*.cpp)
  endif()
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources} ${CMAKE_SOURCE_DIR}/tests/doctest_main.cpp)
  set_source_files_properties(${CMAKE_SOURCE_DIR}/tests/doctest_main.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  if(ARG_UNIT AND NOT KONTOR_UNIT_FILTER)
    # Most unit tests need much of the shop, whose headers take longer than the tests.
    kontor_includes(${name})
    target_precompile_headers(${name} PRIVATE ${KONTOR_COMMON_HEADERS} <doctest/doctest.h> ${CMAKE_SOURCE_DIR}/src/app/shop.h)
    # It includes doctest in its own way.
    set_source_files_properties(${CMAKE_SOURCE_DIR}/tests/doctest_main.cpp PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
    if(NOT KONTOR_TOGETHER STREQUAL "nothing")
      kontor_together(${name})
    endif()
  else()
    kontor_includes(${name})
    target_precompile_headers(${name} REUSE_FROM kontor_pch)
  endif()
  # Most of a test run's time is the compiler's. At this level g++ 12 takes the end of a piece of text for the end of what
  # it was cut from, and long literals for what is read of a short string.
  target_compile_options(${name} PRIVATE -O1 -Wno-stringop-overread -Wno-stringop-overflow -Wno-array-bounds)
  target_link_libraries(${name} PRIVATE ${ARG_NEEDS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()

# embed(target header variable namespace file): a file's text as a constant in a generated header, found as <folder of header>.
function(embed target header variable namespace file)
  file(READ ${CMAKE_SOURCE_DIR}/${file} text)
  set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
  # A string literal may have 64 KiB: longer texts are cut into neighbours.
  string(LENGTH "${text}" length)
  set(pieces "")
  set(at 0)
  while(at LESS length)
    string(SUBSTRING "${text}" ${at} 12000 piece)
    string(APPEND pieces "R\"text(${piece})text\"\n")
    math(EXPR at "${at} + 12000")
  endwhile()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/embedded/${header} CONTENT "// Made from ${file}.
#pragma once
#include <string_view>
namespace ${namespace} {
inline constexpr std::string_view ${variable} =
@pieces@;
}  // namespace ${namespace}
" @ONLY)
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/embedded)
endfunction()
