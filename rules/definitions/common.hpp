// Words that several kinds of definition share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"

namespace segmentd::rules {

// A CEL text with its place, so that an error found later still names file, line and column.
struct ExpressionText {
    std::string text;
    SourcePlace place;
    bool empty() const { return text.empty(); }
};

// Whom a feature or a segment is about.
enum class Subject { customer, account };

// One expression, or several of which all must hold; each line is explained and counted alone.
using Condition = std::vector<ExpressionText>;

// A name that another definition must answer to, with the place where it is used.
template <typename AnyId>
struct Reference {
    AnyId id;
    SourcePlace place;
    bool empty() const { return id.empty(); }
};

}  // namespace segmentd::rules
