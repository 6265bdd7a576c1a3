// A YAML document as plain values with their places, independent of the YAML library.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace segmentd::rules::load {

// Counted from 1; columns count bytes.
struct Position {
    int line = 0;
    int column = 0;
};

// One thing that is wrong with a file.
struct Refusal {
    Position at;
    std::string rule;
    std::string message;
    std::string hint;
};

struct Entry;

struct Node {
    enum class Form { empty, scalar, list, mapping };

    Form form = Form::empty;
    std::string text;     // of a scalar, with quotes and escapes taken off
    bool quoted = false;  // a quoted or block scalar is never a number or a boolean
    std::vector<Node> items;
    std::vector<Entry> entries;  // in the order of the file; no key twice
    Position at;                 // a scalar's first character, inside its quotes; an empty value's key

    // The value of a key, or null.
    const Node* find(std::string_view key) const;
};

struct Entry {
    std::string key;
    Position at;
    Node value;
};

}  // namespace segmentd::rules::load
