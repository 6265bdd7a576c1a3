// The SQLite file of a store: its format, its tables and its settings. For the other files of this
// folder and their tests only; everybody else speaks to Store.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/result.hpp"
#include "daemon/store/sealing.hpp"

namespace segmentd::daemon {

inline constexpr int store_application_id = 0x73676D64;  // "sgmd"
inline constexpr int store_format = 1;

struct OpenDatabase {
    std::unique_ptr<SQLite::Database> database;
    bool is_empty = false;  // no tables yet
};

// Opens the file and refuses a foreign or newer one. A writer may meet no file and creates an empty
// database; for a reader no file is Error{not_found}. A writer upgrades an older format, a reader refuses it.
Result<OpenDatabase> open_database(const std::filesystem::path& path, bool is_writer);

// Error{corrupt} where the pages of a table are not what SQLite wrote; their content is not looked at. Takes
// a reading of the whole table.
Result<void> check_structure(SQLite::Database& database, const std::string& table);

// Whether the last connection that closes leaves the log as it is. A writer begins so: until the journal has been
// read and found whole, nobody knows whether the log is damaged, and then it is all there is to look at.
void keep_log_on_close(SQLite::Database& database, bool is_kept);

// A database in memory, for a store that holds nothing yet.
Result<OpenDatabase> open_empty_database();

// Creates the tables; meant to run inside a transaction, so that a store has all of them or none.
void create_tables(SQLite::Database& database);

// Error for a failed use of SQLite; the work is named as in "commit", the store by its folder.
Error database_error(std::string_view work, const std::exception& exception);

// Runs a function that uses SQLite and returns a Result, turning exceptions into Error.
template <typename Work>
std::invoke_result_t<Work> guarded(std::string_view name, Work work) {
    try {
        return work();
    } catch (const std::exception& exception) {
        return fail(database_error(name, exception));
    }
}

std::span<const std::uint8_t> blob_of(const SQLite::Column& column);
void bind_blob(SQLite::Statement& statement, int index, std::span<const std::uint8_t> bytes);  // kept by the caller
void bind_number(SQLite::Statement& statement, int index, std::uint64_t number);               // below 2^63

}  // namespace segmentd::daemon
