// Tables as CSV (RFC 4180): a header line, lines that end with CR LF, quotes only where a
// reader needs them (readers differ about blanks at the ends of a cell, so those are quoted too).
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

namespace segmentd::daemon {

struct Table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;  // each as long as columns
};

std::string to_csv(const Table& table);

// A value as a cell: texts as they are, null as nothing, lists and objects as JSON.
std::string cell_of(const boost::json::value& value);

// Rows of objects as a table of these members; a member that is not there is an empty cell.
Table table_of(const boost::json::array& rows, std::vector<std::string> columns);

}  // namespace segmentd::daemon
