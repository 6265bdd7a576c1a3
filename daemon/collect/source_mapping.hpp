// From one row of a source to the records it means, by the source's own mapping.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/records.hpp"
#include "rules/rulebook/rulebook.hpp"
#include "rules/signals/contract.hpp"

namespace segmentd::daemon {

// What a row became. A row whose emission breaks its contract gives a rejection for it and keeps
// the others. A consent that the broken one takes back stands, one that it grants does not.
struct MappedRow {
    std::vector<Record> records;  // without sequence and engine time
    std::vector<rules::Rejection> rejections;
};

class SourceMapping {
  public:
    // `source` is an index into the rulebook's sources; the rulebook must outlive the mapping.
    SourceMapping(const rules::Rulebook& book, std::size_t source);

    // Finds the source's columns in a file's header. An Error names the columns that are absent.
    Result<void> take_header(const std::vector<std::string>& header);

    // The next row of the file whose header was taken; fewer cells read as empty ones. The message id is
    // made of the source, the content of the declared columns, and how often that content came in this
    // file before. So an export with rows more, in whatever order, gives the ids of the rows that it had.
    // The row's number only names it in rejections.
    MappedRow map(const std::vector<std::string>& cells, std::uint64_t row_number, Timestamp received_at);

  private:
    struct RowContext;
    void emit(std::size_t emission, const RowContext& context, MappedRow& row) const;
    tl::expected<Record, rules::Rejection> begin(std::size_t emission, const RowContext& context) const;
    tl::expected<Payload, rules::Rejection> payload(std::size_t emission, const RowContext& context) const;

    const rules::Rulebook& book_;
    const rules::SourceDefinition& definition_;
    const rules::CompiledSource& compiled_;
    std::vector<std::size_t> positions_;                          // of each declared column in the file
    std::unordered_map<std::string, std::uint64_t> occurrences_;  // of each content in the file so far
};

}  // namespace segmentd::daemon
